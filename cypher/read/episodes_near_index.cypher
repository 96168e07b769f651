// The known episodes of spaces among the nearest of the whole index to a vector, nearest first: the best of each space.
// $spaces      strings   the spaces asked for
// $vector      vector    the question
// $known_at    datetime  when they had to be known
// $candidates  integer   how many of the whole index are looked at
// $limit       integer   the most to return of each space
CALL db.index.vector.queryNodes('graphmem_episode_vectors', $candidates, $vector) YIELD node AS episode, score
WITH episode, score
WHERE episode.space IN $spaces AND episode.recorded_at <= $known_at AND episode.retired_at > $known_at
WITH episode, score ORDER BY score DESC, episode.number
WITH episode.space AS space, collect(episode.id)[..$limit] AS ids
RETURN space, ids
