// Sets an entity aside that is merged into another, which has its names from now on (`write/lend_names`).
// Cartesian: two entities, each one node by its key.
// $space    string   the space
// $key      string   the entity
// $into     string   the other, which may be set aside itself
// $is_self  boolean  whether "I" means this one
MATCH (one:Entity {space: $space, key: $key})
CALL () {
  MATCH (other:Entity {space: $space, key: $into}) RETURN other
  UNION
  MATCH (other:Entity {space: $space, merged_key: $into}) RETURN other
}
WITH one, other, [(alias)-[named:NAMES]->(one) WHERE named.is_lent IS NULL | alias.key] AS aliases
SET one.merged_key = one.key, one.aliases = aliases, one.is_self = $is_self, one.degree = 0,
  one.known_from = coalesce(one.own_from, one.known_from)
REMOVE one.key, one.own_from
CREATE (one)-[:SAME_AS]->(other)
WITH one
MATCH (one)<-[named:NAMES]-()
DELETE named
