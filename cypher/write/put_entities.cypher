// Adds entities, or gives those known the name and type said last; joins the other names.
// $rows  rows  space, key, number, known_from, values by name, aliases
UNWIND $rows AS row
MERGE (entity:Entity {space: row.space, key: row.key})
ON CREATE SET entity.number = row.number, entity.degree = 0, entity.known_from = row.known_from
SET entity += row.values
WITH entity, row
UNWIND row.aliases AS key
MERGE (alias:Alias {space: row.space, key: key})
ON CREATE SET alias.name = key
MERGE (alias)-[:NAMES]->(entity)
