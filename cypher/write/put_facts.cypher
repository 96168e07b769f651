// Adds the first version of facts, with what they are about, what they mention, where they were read, and their triple.
// Cartesian: the two ends of a triple, each one node by its key, for each row.
// $rows  rows  values by name; vector (null for a text without words); about, mentions: keys;
//              places: episode, start, stop, known_from; object: key of a triple
UNWIND $rows AS row
CREATE (fact:Fact)
SET fact = row.values
WITH fact, row
CALL (fact, row) {
  WITH fact, row WHERE row.vector IS NOT NULL
  CALL db.create.setNodeVectorProperty(fact, 'embedding', row.vector)
  RETURN count(*) AS vectors
}
CALL (fact, row) {
  MATCH (entity:Entity {space: fact.space, key: row.about})
  CREATE (fact)-[:ABOUT]->(entity)
  RETURN count(*) AS about
}
CALL (fact, row) {
  UNWIND row.mentions AS key
  MATCH (entity:Entity {space: fact.space, key: key})
  CREATE (fact)-[:MENTIONS]->(entity)
  RETURN collect(key) AS mentioned
}
CALL (fact, row) {
  UNWIND row.places AS place
  MATCH (episode:Episode {space: fact.space, id: place.episode})
  CREATE (fact)-[:FROM {start: place.start, stop: place.stop, known_from: place.known_from}]->(episode)
  RETURN collect(place.episode) AS told
}
CALL (fact, row) {
  MATCH (subject:Entity {space: fact.space, key: row.about})
  MATCH (object:Entity {space: fact.space, key: row.object})
  CREATE (subject)-[:REL {name: fact.predicate, predicate: fact.predicate, space: fact.space, fact_id: fact.id,
    version: fact.version, valid_from: fact.valid_from, valid_to: fact.valid_to, known_from: fact.known_from,
    known_to: fact.known_to}]->(object)
  RETURN count(*) AS triples
}
RETURN fact.space AS space, fact.id AS id, about, mentioned, told
