// When the next episode of a space is over, if one ever is.
// $space  string    the space
// $far    datetime  open ends
MATCH (episode:Episode {space: $space}) WHERE episode.expires_at < $far
RETURN min(episode.expires_at) AS due_at
