// Vectors of facts, before they are erased.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id, version: 1}) WHERE fact.embedding IS NOT NULL
RETURN fact.embedding AS vector
