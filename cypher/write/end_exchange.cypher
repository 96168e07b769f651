// Ends an exchange of vectors: says whose they are now.
// $embedder    string   identity of the embedder
// $dimensions  integer  length of its vectors
MATCH (store:Meta {space: ''})
SET store.embedder = $embedder, store.dimensions = $dimensions
REMOVE store.is_exchanging, store.reembedding, store.reembedding_dimensions
