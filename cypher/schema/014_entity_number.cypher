// Entities in the order in which they were first named.
CREATE INDEX graphmem_entity_number IF NOT EXISTS FOR (n:Entity) ON (n.space, n.number)
