// Facts by whom they are about and what they say.
CREATE INDEX graphmem_fact_subject IF NOT EXISTS FOR (n:Fact) ON (n.space, n.subject_key, n.predicate)
