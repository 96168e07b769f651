// Triples by their fact, for ending them.
CREATE INDEX graphmem_triple IF NOT EXISTS FOR ()-[r:REL]-() ON (r.space, r.fact_id)
