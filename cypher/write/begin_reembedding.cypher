// Says whose vectors are put aside from now on.
// $embedder    string   identity of the embedder to come
// $dimensions  integer  length of its vectors
MATCH (store:Meta {space: ''})
SET store.reembedding = $embedder, store.reembedding_dimensions = $dimensions
