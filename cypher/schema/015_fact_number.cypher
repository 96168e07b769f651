// Facts in the order in which they were written; the versions of a fact share a number.
CREATE INDEX graphmem_fact_number IF NOT EXISTS FOR (n:Fact) ON (n.space, n.number)
