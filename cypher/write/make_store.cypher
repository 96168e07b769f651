// Makes the store's own node, or finds it.
// $format      integer  version of the layout
// $embedder    string   identity of the embedder whose vectors are kept
// $dimensions  integer  length of every vector
MERGE (meta:Meta {space: ''})
ON CREATE SET meta.name = 'graphmem', meta.format = $format, meta.embedder = $embedder, meta.dimensions = $dimensions
RETURN meta.format AS format, meta.embedder AS embedder, meta.dimensions AS dimensions, meta.reembedding AS reembedding,
  meta.reembedding_dimensions AS reembedding_dimensions, coalesce(meta.is_exchanging, false) AS is_exchanging
