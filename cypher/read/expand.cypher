// The facts that hold about and mentioning entities: of each the most similar first, a list for each space.
// $spaces    strings   the spaces asked for
// $keys      strings   keys of the entities
// $vector    vector?   the question; none where it has no words
// $at        datetime  when they had to hold
// $known_at  datetime  when that had to be known
// $about     integer   the most about each entity
// $mentions  integer   the most mentioning each entity
UNWIND $spaces AS space
UNWIND $keys AS key
MATCH (entity:Entity {space: space, key: key}) WHERE entity.known_from <= $known_at
CALL (entity) {
  MATCH (entity)<-[:ABOUT]-(fact WHERE fact.space = entity.space AND fact.known_from <= $known_at
    AND fact.known_to > $known_at AND fact.valid_from <= $at AND fact.valid_to > $at)
  WITH fact, coalesce(vector.similarity.cosine(fact.embedding, $vector), 0.5) AS score
  ORDER BY score DESC, fact.number LIMIT $about
  RETURN true AS is_about, collect(fact.id) AS facts
  UNION ALL
  MATCH (entity)<-[:MENTIONS]-(fact WHERE fact.space = entity.space AND fact.known_from <= $known_at
    AND fact.known_to > $known_at AND fact.valid_from <= $at AND fact.valid_to > $at)
  WITH fact, coalesce(vector.similarity.cosine(fact.embedding, $vector), 0.5) AS score
  ORDER BY score DESC, fact.number LIMIT $mentions
  RETURN false AS is_about, collect(fact.id) AS facts
}
WITH space, key, is_about, facts WHERE size(facts) > 0
RETURN space, collect([key, is_about, facts]) AS links
