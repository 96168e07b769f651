// Episodes of a space that are over.
// The index is named, as a planner reads all of it where one space has nearly all texts.
// $space  string    the space
// $now    datetime  what time it is
MATCH (episode:Episode {space: $space}) USING INDEX SEEK episode:Episode(space, expires_at)
WHERE episode.expires_at <= $now
RETURN episode.id AS id
