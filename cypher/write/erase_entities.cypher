// Erases entities, and other names that lead to nobody else.
// $rows  rows  space and key
UNWIND $rows AS row
MATCH (entity:Entity {space: row.space, key: row.key})
WITH entity, [(alias)-[:NAMES]->(entity) | alias] AS aliases
DETACH DELETE entity
WITH aliases
UNWIND aliases AS alias
WITH DISTINCT alias WHERE NOT EXISTS { (alias)-[:NAMES]->() }
DELETE alias
