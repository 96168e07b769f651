// The last version of facts, whether it is believed or not.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id}) WHERE fact.version >= 1
WITH row, fact ORDER BY fact.version DESC
WITH row, head(collect(fact)) AS last
RETURN row.space AS space, row.id AS id, last.version AS version, last.known_from AS known_from,
  last.known_to AS known_to
