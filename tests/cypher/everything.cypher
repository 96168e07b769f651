// Every node and relationship with its properties, but for vectors.
MATCH (node)
RETURN labels(node) AS kinds, properties(node) AS values
UNION ALL
MATCH ()-[relationship]->()
RETURN [type(relationship)] AS kinds, properties(relationship) AS values
