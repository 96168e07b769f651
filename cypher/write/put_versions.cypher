// Adds a version of facts that differs from the one before in when it holds and when that was known.
// $rows  rows  space, id, before (the version it follows), version, valid_from, valid_to, known_from, known_to
UNWIND $rows AS row
MATCH (old:Fact {space: row.space, id: row.id, version: row.before})
CREATE (fact:Fact)
SET fact = old {.*, version: row.version, valid_from: row.valid_from, valid_to: row.valid_to,
  known_from: row.known_from, known_to: row.known_to, token: null}
CREATE (fact)-[:SUPERSEDES]->(old)
WITH fact, old
CALL (fact, old) {
  MATCH (old)-[:ABOUT]->(entity)
  CREATE (fact)-[:ABOUT]->(entity)
}
CALL (fact, old) {
  MATCH (old)-[:MENTIONS]->(entity)
  CREATE (fact)-[:MENTIONS]->(entity)
}
CALL (fact, old) {
  MATCH (old)-[place:FROM]->(episode)
  CREATE (fact)-[copied:FROM]->(episode)
  SET copied = properties(place)
}
CALL (fact, old) {
  MATCH (subject)-[triple:REL {space: old.space, fact_id: old.id}]->(object) WHERE triple.version = old.version
  CREATE (subject)-[copied:REL]->(object)
  SET copied = properties(triple), copied.version = fact.version, copied.valid_from = fact.valid_from,
    copied.valid_to = fact.valid_to, copied.known_from = fact.known_from, copied.known_to = fact.known_to
}
