// Known episodes as recall sees them.
// $rows      rows      space and id
// $vector    vector?   the question; none where it has no words
// $known_at  datetime  when they had to be known
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id})
WHERE episode.recorded_at <= $known_at AND episode.retired_at > $known_at
RETURN episode {.space, .id, .role, .speaker, .session, .said_at, .stems} AS episode,
  vector.similarity.cosine(episode.embedding, $vector) AS score,
  COUNT {
    MATCH (episode)<-[told:FROM WHERE told.known_from <= $known_at]-(fact WHERE fact.version = 1)
    WITH DISTINCT fact
    MATCH (fact)-[:ABOUT|MENTIONS]->()
    RETURN fact
  } AS links
