// A constraint, to see that it outlives the nodes.
CREATE CONSTRAINT leftover IF NOT EXISTS FOR (node:Leftover) REQUIRE node.of IS UNIQUE
