// The place of every record in its space, but of a fact's first version only; and when each change was made.
MATCH (n) WHERE n.number IS NOT NULL AND coalesce(n.version, 1) = 1
RETURN n.space AS space, n.number AS number, labels(n)[0] AS label, n.at AS at ORDER BY space, number
