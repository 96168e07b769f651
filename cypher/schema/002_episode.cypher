// An episode is unique by its id within its space.
CREATE CONSTRAINT graphmem_episode IF NOT EXISTS FOR (n:Episode) REQUIRE (n.space, n.id) IS UNIQUE
