// Episodes of a space that are over.
// $space  string    the space
// $now    datetime  what time it is
MATCH (episode:Episode {space: $space}) WHERE episode.expires_at <= $now
RETURN episode.id AS id
