// Changes of a fact.
CREATE INDEX graphmem_change_fact IF NOT EXISTS FOR (n:Change) ON (n.space, n.fact_id)
