// For each key its entity, and those that bear it as another name.
// $spaces    strings   the spaces asked for
// $keys      strings   keys or other names
// $known_at  datetime  entities first named later are unknown
UNWIND $spaces AS space
UNWIND $keys AS key
CALL (space, key) {
  MATCH (entity:Entity {space: space, key: key}) RETURN entity, false AS is_alias
  UNION ALL
  MATCH (:Alias {space: space, key: key})-[:NAMES]->(entity WHERE entity.space = space) RETURN entity, true AS is_alias
}
WITH space, key, entity, is_alias WHERE entity.known_from <= $known_at
RETURN key, is_alias, entity {.space, .key, .name, .type, .degree, .is_common} AS entity, entity.number AS number,
  [(alias)-[:NAMES]->(entity) | alias.key] AS aliases
