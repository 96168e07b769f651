// Takes the store, so that one at a time exchanges vectors; says whose they are.
MATCH (meta:Meta {space: ''})
SET meta.is_held = true
REMOVE meta.is_held
RETURN meta.format AS format, meta.embedder AS embedder, meta.dimensions AS dimensions, meta.reembedding AS reembedding,
  meta.reembedding_dimensions AS reembedding_dimensions, coalesce(meta.is_exchanging, false) AS is_exchanging
