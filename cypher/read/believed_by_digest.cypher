// The last fact with a statement that is believed, ended or not.
// $rows  rows      space and digest
// $far   datetime  open ends
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, digest: row.digest}) WHERE fact.version >= 1 AND fact.known_to = $far
WITH row, fact ORDER BY fact.number DESC
WITH row, head(collect(fact)) AS last
RETURN row.space AS space, row.digest AS digest, last.id AS id, last.version AS version
