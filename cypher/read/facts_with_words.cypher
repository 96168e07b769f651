// The known facts of a space that searches find, those with the most weight together first.
// $space     string    the space of the facts
// $rows      rows      words (the search), weight
// $known_at  datetime  when they had to be known
// $limit     integer   the most to return
UNWIND $rows AS row
CALL db.index.fulltext.queryNodes('graphmem_words', row.words) YIELD node AS fact
WITH row, fact WHERE fact.space = $space AND fact.first_known <= $known_at
WITH fact, sum(row.weight) AS weight ORDER BY weight DESC, fact.number
WITH fact WHERE EXISTS {
  (fact)-[told:FROM WHERE told.known_from <= $known_at]->
  (episode WHERE episode.recorded_at <= $known_at AND episode.retired_at > $known_at)
}
WITH fact LIMIT $limit
RETURN fact.space AS space, collect(fact.id) AS ids
