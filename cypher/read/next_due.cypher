// When the next episode of a space is over, if one ever is.
// The index is named, as a planner reads all of it where one space has nearly all texts.
// $space  string    the space
// $far    datetime  open ends
MATCH (episode:Episode {space: $space}) USING INDEX SEEK episode:Episode(space, expires_at)
WHERE episode.expires_at < $far
RETURN min(episode.expires_at) AS due_at
