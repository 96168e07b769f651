// The last fact with a statement that nothing has closed.
// $rows  rows      space and digest
// $far   datetime  open ends
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, digest: row.digest}) WHERE fact.version = 1 AND fact.known_to = $far
WITH row, fact ORDER BY fact.number DESC
RETURN row.space AS space, row.digest AS digest, head(collect(fact.id)) AS id, 1 AS version
