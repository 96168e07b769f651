// Facts of a subject and predicate that nothing has closed, oldest first.
// $rows  rows      space, key, predicate
// $far   datetime  open ends
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, subject_key: row.key, predicate: row.predicate})
WHERE fact.version >= 1 AND fact.known_to = $far AND (fact.version = 1 OR fact.valid_to = $far)
RETURN row.space AS space, row.key AS key, row.predicate AS predicate, fact.id AS id,
  fact.version AS version ORDER BY fact.number
