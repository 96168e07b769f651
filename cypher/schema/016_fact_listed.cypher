// Facts by when they were first known.
CREATE INDEX graphmem_fact_listed IF NOT EXISTS FOR (n:Fact) ON (n.space, n.first_known)
