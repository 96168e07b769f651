// Which of some speakers have said something that is kept.
// $space     string   the space
// $speakers  strings  their names
MATCH (episode:Episode {space: $space}) WHERE episode.number > 0 AND episode.speaker IN $speakers
RETURN DISTINCT episode.speaker AS speaker
