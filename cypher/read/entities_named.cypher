// For each key its entity, and those that bear it as another name; is_key: what has this key was merged into it.
// $spaces    strings   the spaces asked for
// $keys      strings   keys or other names
// $known_at  datetime  entities first named later are unknown
UNWIND $spaces AS space
UNWIND $keys AS key
CALL (space, key) {
  MATCH (entity:Entity {space: space, key: key}) RETURN entity, false AS is_alias, true AS is_key
  UNION ALL
  MATCH (:Alias {space: space, key: key})-[named:NAMES]->(entity WHERE entity.space = space)
  RETURN entity, true AS is_alias, coalesce(named.is_key, false) AS is_key
}
WITH space, key, entity, is_alias, is_key WHERE entity.known_from <= $known_at
RETURN key, is_alias, is_key, entity.number AS number,
  entity {.space, .key, .name, .type, .degree, .is_common} AS entity,
  [(alias)-[:NAMES]->(entity) | alias.key] AS aliases
