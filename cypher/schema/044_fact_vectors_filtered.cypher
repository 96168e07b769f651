// Vectors of facts with whose they are and the clocks, so that the search itself is restricted to them.
// server: 2026
// $dimensions  integer  length of every vector
CYPHER 25
CREATE VECTOR INDEX graphmem_fact_vectors_filtered IF NOT EXISTS FOR (n:Fact) ON n.embedding
WITH [n.space, n.version, n.valid_from, n.valid_to, n.known_from, n.known_to]
OPTIONS {indexConfig: {`vector.dimensions`: $dimensions, `vector.similarity_function`: 'cosine'}}
