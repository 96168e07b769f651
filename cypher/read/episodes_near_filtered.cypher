// The known episodes of spaces nearest to a vector, searched within the filtered index: the best of each space.
// An episode is a line as in `read/told`, with speaker, session and source.
// server: 2026
// $spaces    strings   the spaces asked for
// $vector    vector    the question
// $known_at  datetime  when they had to be known
// $candidates  integer   how many of a space the index looks for
// $limit     integer   the most to return of each space
CYPHER 25
UNWIND $spaces AS space
CALL (space) {
  MATCH (episode:Episode)
  SEARCH episode IN (
    VECTOR INDEX graphmem_episode_vectors_filtered FOR $vector
    WHERE episode.space = space AND episode.recorded_at <= $known_at AND episode.retired_at > $known_at
    LIMIT $candidates
  ) SCORE AS score
  RETURN episode, score ORDER BY score DESC, episode.number LIMIT $limit
}
RETURN space, collect([
  episode.id + "\t" + episode.role + "\t"
    + (episode.said_at.epochSeconds * 1000000 + episode.said_at.microsecond)
    + CASE WHEN trim(episode.text) ENDS WITH "?" THEN "\ttrue\t" ELSE "\t\t" END
    + score + "\t" + episode.stems,
  episode.speaker, episode.session, episode.source_id]) AS episodes
