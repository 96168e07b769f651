// How many nodes the database holds.
MATCH (node)
RETURN count(node) AS nodes
