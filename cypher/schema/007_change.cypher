// An entry of the journal is unique by its id within its space.
CREATE CONSTRAINT graphmem_change IF NOT EXISTS FOR (n:Change) REQUIRE (n.space, n.id) IS UNIQUE
