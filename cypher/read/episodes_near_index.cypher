// The known episodes of a space among the nearest of the whole index to a vector, nearest first.
// $space     string    the space asked for
// $vector    vector    the question
// $known_at  datetime  when they had to be known
// $k         integer   how many of the whole index are looked at
// $limit     integer   the most to return
CALL db.index.vector.queryNodes('graphmem_episode_vectors', $k, $vector) YIELD node AS episode, score
WITH episode, score WHERE episode.space = $space AND episode.recorded_at <= $known_at AND episode.retired_at > $known_at
WITH episode, score ORDER BY score DESC, episode.number LIMIT $limit
RETURN episode.space AS space, episode.id AS id
