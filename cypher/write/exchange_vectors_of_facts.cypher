// Lets the vectors put aside take over in every version of facts, five hundred at a time; see the one of episodes.
MATCH (first:Fact) WHERE first.version = 1 AND first.embedding_next IS NOT NULL
CALL (first) {
  MATCH (fact:Fact {space: first.space, id: first.id}) WHERE fact.version >= 1
  REMOVE fact.embedding
  WITH fact, first.embedding_next AS vector WHERE size(vector) > 0
  CALL db.create.setNodeVectorProperty(fact, 'embedding', vector)
  RETURN count(*) AS vectors
} IN TRANSACTIONS OF 500 ROWS
RETURN sum(vectors) AS vectors
