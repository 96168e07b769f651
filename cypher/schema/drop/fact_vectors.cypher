// Drops the vectors' index of facts, before one of other dimensions is made.
DROP INDEX graphmem_fact_vectors IF EXISTS
