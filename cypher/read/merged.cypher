// Entities that were merged into others, each by itself, the first named first.
// $spaces  strings  the spaces asked for
UNWIND $spaces AS space
MATCH (one:Entity {space: space})-[:SAME_AS]->(into) WHERE one.merged_key >= ''
RETURN one {.space, key: one.merged_key, .name, .type, .is_common} AS entity, one.aliases AS aliases,
  one.known_from AS known_from, one.is_self AS is_self, coalesce(into.key, into.merged_key) AS into
ORDER BY one.number
