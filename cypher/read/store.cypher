// What the store says about itself: its format, whose vectors it keeps, and whose are to take their place.
MATCH (meta:Meta {space: ''})
RETURN meta.format AS format, meta.embedder AS embedder, meta.dimensions AS dimensions, meta.reembedding AS reembedding,
  meta.reembedding_dimensions AS reembedding_dimensions, coalesce(meta.is_exchanging, false) AS is_exchanging
