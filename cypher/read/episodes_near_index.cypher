// The known episodes of spaces among the nearest of the whole index to a vector, nearest first: the best of each space.
// An episode is a line as in `read/told`, with speaker, session and source.
// $spaces      strings   the spaces asked for
// $vector      vector    the question
// $known_at    datetime  when they had to be known
// $candidates  integer   how many of the whole index are looked at
// $limit       integer   the most to return of each space
CALL db.index.vector.queryNodes('graphmem_episode_vectors', $candidates, $vector) YIELD node AS episode, score
WITH episode, score
WHERE episode.space IN $spaces AND episode.recorded_at <= $known_at AND episode.retired_at > $known_at
WITH episode, score ORDER BY score DESC, episode.number
WITH episode.space AS space, collect({episode: episode, score: score})[..$limit] AS best
UNWIND best AS one
WITH space, one.episode AS episode, one.score AS score
WITH space, episode, episode.id + "\t" + episode.role + "\t"
    + (episode.said_at.epochSeconds * 1000000 + episode.said_at.microsecond)
    + CASE WHEN trim(episode.text) ENDS WITH "?" THEN "\ttrue\t" ELSE "\t\t" END
    + score + "\t" + episode.stems AS line
RETURN space, collect([line, episode.speaker, episode.session, episode.source_id]) AS episodes
