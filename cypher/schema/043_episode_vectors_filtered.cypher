// Vectors of episodes with whose they are and the clocks, so that the search itself is restricted to them.
// server: 2026
// $dimensions  integer  length of every vector
CYPHER 25
CREATE VECTOR INDEX graphmem_episode_vectors_filtered IF NOT EXISTS FOR (n:Episode) ON n.embedding
WITH [n.space, n.recorded_at, n.retired_at]
OPTIONS {indexConfig: {`vector.dimensions`: $dimensions, `vector.similarity_function`: 'cosine'}}
