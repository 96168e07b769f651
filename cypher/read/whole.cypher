// Known episodes as `read/told` has them, each with the facts that were read in it, as they stand there.
// A fact is a line as in `read/leading`. What the reader has is named by its id.
// $rows      rows      space and ids; told: those of the ids that the reader has, had: the facts that it has
// $vector    vector?   the question; none where it has no words
// $at        datetime  when facts had to hold
// $known_at  datetime  when everything had to be known
UNWIND $rows AS row
UNWIND row.ids AS id
MATCH (episode:Episode {space: row.space, id: id})
WHERE episode.recorded_at <= $known_at AND episode.retired_at > $known_at
CALL (episode, row) {
  MATCH (episode)<-[told:FROM WHERE told.known_from <= $known_at]-(fact WHERE fact.version = 1)
  WITH row, fact, min(told.start) AS start ORDER BY start, fact.number
  CALL (row, fact) {
    WITH row, fact WHERE NOT fact.id IN row.had
    WITH fact, COLLECT {
        MATCH (fact)-[told:FROM WHERE told.known_from <= $known_at]->
          (source WHERE source.recorded_at <= $known_at AND source.retired_at > $known_at)
        WITH DISTINCT source ORDER BY source.said_at, source.number
        RETURN source.id
      } AS sources,
      CASE WHEN fact.known_to > $known_at THEN fact.valid_from <= $at AND fact.valid_to > $at
      ELSE EXISTS {
        MATCH (version:Fact {space: fact.space, id: fact.id}) WHERE version.version > 1
          AND version.known_from <= $known_at AND version.known_to > $known_at
          AND version.valid_from <= $at AND version.valid_to > $at
      } END AS holds
    RETURN collect(
      "\t" + fact.number + "\t" + coalesce(vector.similarity.cosine(fact.embedding, $vector), 0.5)
        + CASE WHEN holds THEN "\ttrue\t" ELSE "\t\t" END
        + coalesce(fact.subject_key, "") + "\t" + coalesce(fact.object_key, "") + "\t" + fact.stems
        + reduce(ids = "\t", source IN sources | ids + source + "\n")
        + reduce(keys = "\t", key IN fact.mention_keys | keys + key + "\n")
    ) AS fields
  }
  RETURN collect(fact.id + "\t" + coalesce(fields[0], "")) AS facts
}
CALL (episode, row) {
  WITH episode, row WHERE NOT episode.id IN row.told
  RETURN collect([
    "\t" + episode.role + "\t" + (episode.said_at.epochSeconds * 1000000 + episode.said_at.microsecond)
      + CASE WHEN trim(episode.text) ENDS WITH "?" THEN "\ttrue\t" ELSE "\t\t" END
      + coalesce(vector.similarity.cosine(episode.embedding, $vector), 0.5) + "\t" + episode.stems,
    episode.speaker, episode.session, episode.source_id]) AS said
}
RETURN episode.space AS space, collect(
  [episode.id + coalesce(said[0][0], ""), said[0][1], said[0][2], said[0][3], facts]) AS episodes
