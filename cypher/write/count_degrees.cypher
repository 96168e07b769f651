// Counts anew the known episodes that touch entities.
// $rows  rows      space and key
// $far   datetime  open ends
UNWIND $rows AS row
MATCH (entity:Entity {space: row.space, key: row.key})
OPTIONAL MATCH (entity)<-[:ABOUT|MENTIONS]-()-[:FROM]->(episode WHERE episode.retired_at = $far)
WITH entity, count(DISTINCT episode) AS degree
SET entity.degree = degree
