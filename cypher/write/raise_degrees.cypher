// Raises the degree of entities by the number of new episodes that touch them.
// $rows  rows  space, key, more
UNWIND $rows AS row
MATCH (entity:Entity {space: row.space, key: row.key})
SET entity.degree = entity.degree + row.more
