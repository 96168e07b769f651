// Vectors of episodes, for servers without filters in the index. Not quantised: on 5.26 that costs five of a hundred.
// $dimensions  integer  length of every vector
CREATE VECTOR INDEX graphmem_episode_vectors IF NOT EXISTS FOR (n:Episode) ON n.embedding
OPTIONS {indexConfig: {`vector.dimensions`: $dimensions, `vector.similarity_function`: 'cosine',
  `vector.quantization.enabled`: false}}
