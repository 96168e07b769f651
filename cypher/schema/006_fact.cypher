// Each version of a fact is a node of its own, so that both clocks are plain properties.
CREATE CONSTRAINT graphmem_fact IF NOT EXISTS FOR (n:Fact) REQUIRE (n.space, n.id, n.version) IS UNIQUE
