// An entity is unique by its key within its space.
CREATE CONSTRAINT graphmem_entity IF NOT EXISTS FOR (n:Entity) REQUIRE (n.space, n.key) IS UNIQUE
