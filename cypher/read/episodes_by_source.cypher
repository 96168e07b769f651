// Current episodes by where they come from, oldest first.
// $rows  rows  space and source
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, source_id: row.source}) WHERE episode.identity IS NOT NULL
RETURN episode.space AS space, episode.id AS id, episode.identity AS identity ORDER BY episode.number
