// Vectors of episodes, before they are erased.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id}) WHERE episode.embedding IS NOT NULL
RETURN episode.embedding AS vector
