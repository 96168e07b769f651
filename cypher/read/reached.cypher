// Known facts as recall sees them, those that do not hold any more, too: a list for each space.
// $rows      rows      space and ids
// $vector    vector?   the question; none where it has no words
// $at        datetime  when they had to hold
// $known_at  datetime  when they had to be known
UNWIND $rows AS row
UNWIND row.ids AS id
MATCH (fact:Fact {space: row.space, id: id, version: 1}) WHERE fact.known_from <= $known_at
WITH fact, COLLECT {
  MATCH (fact)-[told:FROM WHERE told.known_from <= $known_at]->
    (episode WHERE episode.recorded_at <= $known_at AND episode.retired_at > $known_at)
  WITH DISTINCT episode ORDER BY episode.said_at, episode.number
  RETURN episode.id
} AS episodes
WHERE size(episodes) > 0
WITH fact, episodes, CASE WHEN fact.known_to > $known_at THEN fact.valid_from <= $at AND fact.valid_to > $at
    ELSE EXISTS {
      MATCH (version:Fact {space: fact.space, id: fact.id}) WHERE version.version > 1
        AND version.known_from <= $known_at AND version.known_to > $known_at
        AND version.valid_from <= $at AND version.valid_to > $at
    } END AS holds
RETURN fact.space AS space, collect([fact.id, fact.subject_key, fact.object_key, fact.mention_keys, fact.stems,
  episodes, vector.similarity.cosine(fact.embedding, $vector), holds]) AS facts
