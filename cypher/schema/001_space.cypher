// One node of counters and clock for each space, and one for the store, whose space is ''.
CREATE CONSTRAINT graphmem_space IF NOT EXISTS FOR (n:Meta) REQUIRE (n.space) IS UNIQUE
