// Known episodes as recall sees them, and the facts that were read in each in the order in which they stand there.
// $rows      rows      space and ids
// $vector    vector?   the question; none where it has no words
// $known_at  datetime  when they had to be known
UNWIND $rows AS row
UNWIND row.ids AS id
MATCH (episode:Episode {space: row.space, id: id})
WHERE episode.recorded_at <= $known_at AND episode.retired_at > $known_at
WITH episode, COLLECT {
  MATCH (episode)<-[told:FROM WHERE told.known_from <= $known_at]-(fact WHERE fact.version = 1)
  WITH fact, min(told.start) AS start ORDER BY start, fact.number
  RETURN [fact.id, COUNT { (fact)-[:ABOUT|MENTIONS]->() }]
} AS facts
RETURN episode.space AS space, collect([episode.id, episode.role, episode.speaker, episode.session,
  episode.said_at.epochSeconds * 1000000 + episode.said_at.microsecond, trim(episode.text) ENDS WITH "?",
  episode.stems, vector.similarity.cosine(episode.embedding, $vector), [fact IN facts | fact[0]],
  reduce(links = 0, fact IN facts | links + fact[1])]) AS episodes
