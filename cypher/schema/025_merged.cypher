// Entities that were merged into others, by the keys they had.
CREATE INDEX graphmem_merged IF NOT EXISTS FOR (n:Entity) ON (n.space, n.merged_key)
