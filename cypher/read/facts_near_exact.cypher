// The known facts of spaces nearest to a vector, by comparing every one: the best of each space.
// $spaces    strings   the spaces asked for
// $vector    vector?   the question; none where it has no words
// $known_at  datetime  when they had to be known
// $limit     integer   the most to return of each space
UNWIND $spaces AS space
CALL (space) {
  MATCH (fact:Fact {space: space})
  WHERE fact.first_known <= $known_at AND fact.version = 1 AND (fact.known_to > $known_at OR EXISTS {
    (fact)-[told:FROM WHERE told.known_from <= $known_at]->
    (episode WHERE episode.recorded_at <= $known_at AND episode.retired_at > $known_at)
  })
  WITH fact, coalesce(vector.similarity.cosine(fact.embedding, $vector), 0.5) AS score
  ORDER BY score DESC, fact.number LIMIT $limit
  RETURN fact.id AS id
}
RETURN space, id
