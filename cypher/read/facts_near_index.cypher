// The known facts of a space among the nearest of the whole index to a vector, nearest first.
// $space     string    the space asked for
// $vector    vector    the question
// $known_at  datetime  when they had to be known
// $k         integer   how many of the whole index are looked at
// $limit     integer   the most to return
CALL db.index.vector.queryNodes('graphmem_fact_vectors', $k, $vector) YIELD node AS fact, score
WITH fact, score WHERE fact.space = $space AND fact.version = 1 AND fact.known_from <= $known_at
WITH fact, score ORDER BY score DESC, fact.number LIMIT $limit
RETURN fact.space AS space, fact.id AS id
