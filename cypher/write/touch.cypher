// Raises the degree of entities by one for each episode that did not touch them yet; comes before the links.
// Cartesian: one entity and one episode, each one node by its key, for each row.
// $rows  rows      space, key, episode
// $far   datetime  open ends
UNWIND $rows AS row
MATCH (entity:Entity {space: row.space, key: row.key})
MATCH (episode:Episode {space: row.space, id: row.episode})
WHERE episode.retired_at = $far AND NOT EXISTS { (entity)<-[:ABOUT|MENTIONS]-()-[:FROM]->(episode) }
WITH entity, count(DISTINCT episode) AS more
SET entity.degree = entity.degree + more
