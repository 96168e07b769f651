// Ends the open version of facts: from now on it is not believed any more.
// $rows  rows      space and id
// $at    datetime  now
// $far   datetime  open ends
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id}) WHERE fact.version >= 1 AND fact.known_to = $far
SET fact.known_to = $at
WITH fact, row
CALL (fact) {
  MATCH ()-[triple:REL {space: fact.space, fact_id: fact.id}]->() WHERE triple.version = fact.version
  SET triple.known_to = fact.known_to
}
RETURN fact.space AS space, fact.id AS id, fact.version AS version, fact.valid_from AS valid_from
