// What the store says about itself: its format, and whose vectors it keeps.
MATCH (meta:Meta {space: ''})
RETURN meta.format AS format, meta.embedder AS embedder, meta.dimensions AS dimensions, meta.reembedding AS reembedding
