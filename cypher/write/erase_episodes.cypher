// Erases episodes, and what facts that stay say about having been read there.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id})
DETACH DELETE episode
