// Says of pending episodes that they were read, and how; of those that are not pending any more nothing is returned.
// $rows  rows      space, id and state
// $far   datetime  open ends
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id}) WHERE episode.state = 'pending' AND episode.retired_at = $far
SET episode.state = row.state
RETURN episode.space AS space, episode.id AS id
