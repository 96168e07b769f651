// The known episodes of spaces nearest to a vector, by comparing every one: the best of each space.
// An episode is a line as in `read/told`, with speaker, session and source.
// $spaces    strings   the spaces asked for
// $vector    vector?   the question; none where it has no words
// $known_at  datetime  when they had to be known
// $limit     integer   the most to return of each space
UNWIND $spaces AS space
CALL (space) {
  MATCH (episode:Episode {space: space})
  WHERE episode.number > 0 AND episode.recorded_at <= $known_at AND episode.retired_at > $known_at
  WITH episode, coalesce(vector.similarity.cosine(episode.embedding, $vector), 0.5) AS score
  ORDER BY score DESC, episode.number LIMIT $limit
  RETURN episode, score
}
RETURN space, collect([
  episode.id + "\t" + episode.role + "\t"
    + (episode.said_at.epochSeconds * 1000000 + episode.said_at.microsecond)
    + CASE WHEN trim(episode.text) ENDS WITH "?" THEN "\ttrue\t" ELSE "\t\t" END
    + score + "\t" + episode.stems,
  episode.speaker, episode.session, episode.source_id]) AS episodes
