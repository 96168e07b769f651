// Clock, counters and self of some spaces.
// $spaces  strings  the spaces asked for
UNWIND $spaces AS space
MATCH (meta:Meta {space: space})
RETURN meta {.space, .next, .last_at, .self, .episodes, .episode_stems, .facts, .speakers, .speakers_since, .merges,
    .expires_at, .due_at}
  AS area
