// Keys of every space, and how much the store holds.
MATCH (meta:Meta) WHERE meta.space > ''
RETURN meta.space AS space, meta.facts AS facts ORDER BY space
