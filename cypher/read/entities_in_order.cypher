// Entities of a space in the order in which they were first named, each by itself, merged or not.
// $space   string   the space
// $after   integer  number of the last one of the page before
// $before  integer  entities from this number on are left out
// $limit   integer  the most to return
MATCH (entity:Entity {space: $space}) WHERE entity.number > $after AND entity.number < $before
WITH entity ORDER BY entity.number LIMIT $limit
RETURN entity {.space, key: coalesce(entity.key, entity.merged_key), .name, .type, .degree, .is_common} AS entity,
  coalesce(entity.own_from, entity.known_from) AS known_from, entity.number AS number,
  coalesce(entity.aliases, [(alias)-[named:NAMES]->(entity) WHERE named.is_lent IS NULL | alias.key]) AS aliases
ORDER BY number
