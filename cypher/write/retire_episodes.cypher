// Lets episodes be unknown from now on; their identity is free again, and kept aside for dumps as of before.
// $rows  rows      space and id
// $at    datetime  now
// $far   datetime  open ends
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id}) WHERE episode.retired_at = $far
SET episode.retired_at = $at, episode.former_identity = episode.identity, episode.identity = null
RETURN episode.space AS space, episode.id AS id
