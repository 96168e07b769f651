// Known episodes as recall sees them, and the facts that were read in each in the order in which they stand there.
// $rows      rows      space and id
// $vector    vector?   the question; none where it has no words
// $known_at  datetime  when they had to be known
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id})
WHERE episode.recorded_at <= $known_at AND episode.retired_at > $known_at
RETURN episode.space AS space, episode.id AS id, episode.role AS role, episode.speaker AS speaker,
  episode.session AS session, episode.stems AS stems,
  episode.said_at.epochSeconds * 1000000 + episode.said_at.microsecond AS said_at,
  vector.similarity.cosine(episode.embedding, $vector) AS score,
  COLLECT {
    MATCH (episode)<-[told:FROM WHERE told.known_from <= $known_at]-(fact WHERE fact.version = 1)
    RETURN [fact.id, COUNT { (fact)-[:ABOUT|MENTIONS]->() }] ORDER BY told.start, fact.number
  } AS facts
