// Drops the vectors' index of facts with filters, before one of other dimensions is made.
DROP INDEX graphmem_fact_vectors_filtered IF EXISTS
