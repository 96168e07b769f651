// How many entities and changes a space holds; episodes and facts it counts itself.
// $spaces  strings  the spaces asked for
UNWIND $spaces AS space
MATCH (meta:Meta {space: space})
RETURN space, meta.episodes AS episodes, meta.facts AS facts,
  COUNT { (:Entity {space: space}) } AS entities, COUNT { (:Change {space: space}) } AS changes
