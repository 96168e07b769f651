// The known episodes of spaces nearest to a vector, searched within the filtered index: the best of each space.
// server: 2026
// $spaces    strings   the spaces asked for
// $vector    vector    the question
// $known_at  datetime  when they had to be known
// $candidates  integer   how many of a space the index looks for
// $limit     integer   the most to return of each space
CYPHER 25
UNWIND $spaces AS space
MATCH (episode:Episode)
SEARCH episode IN (
  VECTOR INDEX graphmem_episode_vectors_filtered FOR $vector
  WHERE episode.space = space AND episode.recorded_at <= $known_at AND episode.retired_at > $known_at
  LIMIT $candidates
) SCORE AS score
WITH space, episode, score ORDER BY score DESC, episode.number
WITH space, collect(episode.id)[..$limit] AS ids
RETURN space, ids
