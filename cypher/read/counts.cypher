// How many entities and changes a space holds; episodes and facts it counts itself.
// $spaces  strings  the spaces asked for
UNWIND $spaces AS space
MATCH (meta:Meta {space: space})
RETURN space, meta.episodes AS episodes, meta.facts AS facts,
  COUNT { (entity:Entity {space: space}) WHERE entity.number > 0 AND entity.key IS NOT NULL } AS entities,
  COUNT { (change:Change {space: space}) WHERE change.number > 0 } AS changes
