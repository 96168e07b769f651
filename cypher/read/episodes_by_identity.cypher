// Current episodes by what makes them the same when they come again.
// $rows  rows  space and identity
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, identity: row.identity})
RETURN episode.space AS space, episode.id AS id, episode.identity AS identity
