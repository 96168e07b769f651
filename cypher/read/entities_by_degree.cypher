// The entities of a space that most episodes touch, without nouns and phrases.
// $space  string   the space of the entities
// $limit  integer  the most to return
MATCH (entity:Entity {space: $space}) WHERE entity.number > 0 AND entity.key IS NOT NULL
  AND NOT entity.is_common
WITH entity ORDER BY entity.degree DESC, entity.key LIMIT $limit
RETURN entity {.space, .key, .name, .type, .degree, .is_common} AS entity,
  [(alias)-[:NAMES]->(entity) | alias.key] AS aliases
