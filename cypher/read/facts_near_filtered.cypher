// The known facts of spaces nearest to a vector, searched within the filtered index: the best of each space.
// server: 2026
// $spaces    strings   the spaces asked for
// $vector    vector    the question
// $known_at  datetime  when they had to be known
// $k         integer   how many candidates the index looks for
// $limit     integer   the most to return of each space
CYPHER 25
UNWIND $spaces AS space
MATCH (fact:Fact)
SEARCH fact IN (
  VECTOR INDEX graphmem_fact_vectors_filtered FOR $vector
  WHERE fact.space = space AND fact.version = 1 AND fact.known_from <= $known_at
  LIMIT $k
) SCORE AS score
WITH space, fact, score ORDER BY score DESC, fact.number
WITH space, collect(fact.id)[..$limit] AS ids
UNWIND ids AS id
RETURN space, id
