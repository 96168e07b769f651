// The facts that hold about and mentioning entities: of each the most similar first, a line for each fact.
// A line is what recall sees of a fact: id, the entities that lead to it (+ where it is about one), and its other
// fields unless the reader has them; tabs between fields, a line end behind each item of a list.
// $spaces    strings   the spaces asked for
// $keys      strings   keys of the entities
// $vector    vector?   the question; none where it has no words
// $at        datetime  when they had to hold
// $known_at  datetime  when that had to be known
// $about     integer   the most about each entity
// $mentions  integer   the most mentioning each entity
// $had       strings   the facts that the reader has: space, line end, id
UNWIND $spaces AS space
UNWIND $keys AS key
MATCH (entity:Entity {space: space, key: key}) WHERE entity.known_from <= $known_at
CALL (entity, key) {
  MATCH (entity)<-[:ABOUT]-(fact WHERE fact.space = entity.space AND fact.known_from <= $known_at
    AND fact.known_to > $known_at AND fact.valid_from <= $at AND fact.valid_to > $at)
  WITH key, collect(fact) AS facts
  UNWIND facts AS fact
  WITH key, fact, CASE WHEN size(facts) > $about THEN vector.similarity.cosine(fact.embedding, $vector) END AS score
  ORDER BY coalesce(score, 0.5) DESC, fact.number LIMIT $about
  RETURN fact, score, "+" + key + "\n" AS link
  UNION ALL
  MATCH (entity)<-[:MENTIONS]-(fact WHERE fact.space = entity.space AND fact.known_from <= $known_at
    AND fact.known_to > $known_at AND fact.valid_from <= $at AND fact.valid_to > $at)
  WITH key, collect(fact) AS facts
  UNWIND facts AS fact
  WITH key, fact, CASE WHEN size(facts) > $mentions THEN vector.similarity.cosine(fact.embedding, $vector) END AS score
  ORDER BY coalesce(score, 0.5) DESC, fact.number LIMIT $mentions
  RETURN fact, score, "-" + key + "\n" AS link
}
WITH space, fact, max(score) AS score, collect(link) AS links
CALL (fact, score) {
  WITH fact, score WHERE NOT fact.space + "\n" + fact.id IN $had
  WITH fact, score, COLLECT {
    MATCH (fact)-[told:FROM WHERE told.known_from <= $known_at]->
      (episode WHERE episode.recorded_at <= $known_at AND episode.retired_at > $known_at)
    WITH DISTINCT episode ORDER BY episode.said_at, episode.number
    RETURN episode.id
  } AS episodes
  WHERE size(episodes) > 0
  RETURN collect(
    "\t" + fact.number + "\t" + coalesce(score, vector.similarity.cosine(fact.embedding, $vector), 0.5)
      + "\ttrue\t"
      + coalesce(fact.subject_key, "") + "\t" + coalesce(fact.object_key, "") + "\t" + fact.stems
      + reduce(ids = "\t", id IN episodes | ids + id + "\n")
      + reduce(keys = "\t", key IN fact.mention_keys | keys + key + "\n")
  ) AS fields
}
RETURN space, collect(fact.id + reduce(all = "\t", link IN links | all + link) + coalesce(fields[0], "")) AS facts
