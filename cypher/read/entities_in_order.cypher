// Entities of a space in the order in which they were first named.
// $space   string   the space
// $after   integer  number of the last one of the page before
// $before  integer  entities from this number on are left out
// $limit   integer  the most to return
MATCH (entity:Entity {space: $space}) WHERE entity.number > $after AND entity.number < $before
WITH entity ORDER BY entity.number LIMIT $limit
RETURN entity {.space, .key, .name, .type, .degree, .is_common} AS entity, entity.known_from AS known_from,
  entity.number AS number, [(alias)-[:NAMES]->(entity) | alias.key] AS aliases
ORDER BY number
