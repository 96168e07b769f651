// What is to be erased of facts: how many versions, and the words that each is found by.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id, version: 1})
RETURN fact.id AS id, fact.stems AS stems,
  COUNT { (each:Fact {space: row.space, id: row.id}) WHERE each.version >= 1 } AS versions
