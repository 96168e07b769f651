// Known episodes as recall sees them: a line for each, fields with tabs between them; speaker, session, source.
// $rows      rows      space and ids
// $vector    vector?   the question; none where it has no words
// $known_at  datetime  when they had to be known
UNWIND $rows AS row
UNWIND row.ids AS id
MATCH (episode:Episode {space: row.space, id: id})
WHERE episode.recorded_at <= $known_at AND episode.retired_at > $known_at
RETURN episode.space AS space, collect([
  episode.id + "\t" + episode.role + "\t"
    + (episode.said_at.epochSeconds * 1000000 + episode.said_at.microsecond)
    + CASE WHEN trim(episode.text) ENDS WITH "?" THEN "\ttrue\t" ELSE "\t\t" END
    + coalesce(vector.similarity.cosine(episode.embedding, $vector), 0.5) + "\t" + episode.stems,
  episode.speaker, episode.session, episode.source_id]) AS episodes
