// Which entities are there, by key.
// $rows  rows  space and key
UNWIND $rows AS row
MATCH (entity:Entity {space: row.space, key: row.key})
RETURN entity.space AS space, entity.key AS key
