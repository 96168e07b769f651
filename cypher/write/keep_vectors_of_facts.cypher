// Puts new vectors of facts aside; an empty one stands for a text without words.
// $rows  rows  space, number, vector
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, number: row.number}) WHERE fact.version = 1
CALL (fact, row) {
  WITH fact, row WHERE size(row.vector) = 0
  SET fact.embedding_next = []
}
CALL (fact, row) {
  WITH fact, row WHERE size(row.vector) > 0
  CALL db.create.setNodeVectorProperty(fact, 'embedding_next', row.vector)
  RETURN count(*) AS vectors
}
RETURN count(*) AS kept
