// How a memory is laid out: which kinds of nodes there are, and how they hang together.
// A drawing of the whole database's labels, with nothing that anybody said; it needs no parameter.
CALL db.schema.visualization() YIELD nodes, relationships
RETURN nodes, relationships
