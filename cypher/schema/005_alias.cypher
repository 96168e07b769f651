// Another name is unique by its key within its space; it may lead to several entities.
CREATE CONSTRAINT graphmem_alias IF NOT EXISTS FOR (n:Alias) REQUIRE (n.space, n.key) IS UNIQUE
