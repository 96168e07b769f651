// Facts of a predicate and object that are believed and open, or held until after a moment, oldest first.
// $rows  rows      space, key, predicate and since
// $far   datetime  open ends
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, object_key: row.key, predicate: row.predicate})
WHERE fact.version >= 1 AND fact.known_to = $far
  AND (fact.version = 1 OR fact.valid_to = $far OR fact.valid_to > row.since)
RETURN row.space AS space, row.key AS key, row.predicate AS predicate, fact.id AS id, fact.version AS version,
  fact.version = 1 OR fact.valid_to = $far AS is_open ORDER BY fact.number
