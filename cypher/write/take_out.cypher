// Takes an entity out of another that it was merged into: it is by itself again, with its own other names.
// $space  string  the space
// $key    string  the entity
MATCH (one:Entity {space: $space, merged_key: $key})-[same:SAME_AS]->()
DELETE same
WITH one, one.aliases AS aliases
SET one.key = one.merged_key
REMOVE one.merged_key, one.aliases, one.is_self
WITH one, aliases
UNWIND aliases AS key
MERGE (alias:Alias {space: one.space, key: key})
ON CREATE SET alias.name = key
MERGE (alias)-[:NAMES]->(one)
