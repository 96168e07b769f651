// Which episodes are there, by id.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id})
RETURN episode.space AS space, episode.id AS id
