// Which entities facts lead to, and which known episodes tell them.
// $rows  rows      space and id
// $far   datetime  open ends
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id, version: 1})
RETURN row.space AS space, row.id AS id, [(fact)-[:ABOUT|MENTIONS]->(entity) | entity.key] AS keys,
  [(fact)-[:FROM]->(episode) WHERE episode.retired_at = $far | episode.id] AS episodes
