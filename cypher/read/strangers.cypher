// Whether somebody else keeps nodes under our labels.
MATCH (node:Fact|Entity|Episode) WHERE node.space IS NULL
RETURN labels(node)[0] AS label LIMIT 1
