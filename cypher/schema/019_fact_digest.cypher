// Facts by their statement.
CREATE INDEX graphmem_fact_digest IF NOT EXISTS FOR (n:Fact) ON (n.space, n.digest)
