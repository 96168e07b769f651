// Leads facts to what their names stand for: every version, its links and its triple.
// Cartesian: the few versions of one fact, and the ends of its triple, each one node by its key, for each row.
// $rows  rows  space, id, keys and told (properties by name), about, mentions: keys; object: key of the triple's end
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id}) WHERE fact.version >= 1
SET fact += row.keys
SET fact += row.told
WITH fact, row
CALL (fact) {
  MATCH (fact)-[link:ABOUT|MENTIONS]->()
  DELETE link
}
CALL (fact, row) {
  MATCH (entity:Entity {space: fact.space, key: row.about})
  CREATE (fact)-[:ABOUT]->(entity)
}
CALL (fact, row) {
  UNWIND row.mentions AS key
  MATCH (entity:Entity {space: fact.space, key: key})
  CREATE (fact)-[:MENTIONS]->(entity)
}
CALL (fact, row) {
  MATCH ()-[old:REL {space: fact.space, fact_id: fact.id}]->() WHERE old.version = fact.version
  MATCH (subject:Entity {space: fact.space, key: row.about})
  MATCH (object:Entity {space: fact.space, key: row.object})
  CREATE (subject)-[new:REL]->(object)
  SET new = properties(old)
  DELETE old
}
