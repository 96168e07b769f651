// Facts by what they lead to and what they say.
CREATE INDEX graphmem_fact_object IF NOT EXISTS FOR (n:Fact) ON (n.space, n.object_key, n.predicate)
