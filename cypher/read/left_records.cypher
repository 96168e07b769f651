// How much is left of what was erased: nodes of every label that bear its ids or keys, triples, reasons in the journal.
// $space     string   the space
// $episodes  strings  ids of episodes
// $facts     strings  ids of facts
// $entities  strings  keys of entities
RETURN
  COUNT { UNWIND $episodes AS id MATCH (episode:Episode {space: $space, id: id}) RETURN episode }
  + COUNT { UNWIND $facts AS id MATCH (fact:Fact {space: $space, id: id}) WHERE fact.version >= 1 RETURN fact }
  + COUNT { UNWIND $facts AS id MATCH ()-[triple:REL {space: $space, fact_id: id}]->() RETURN triple }
  + COUNT { UNWIND $entities AS key MATCH (entity:Entity {space: $space, key: key}) RETURN entity }
  + COUNT { UNWIND $facts AS id MATCH (change:Change {space: $space, fact_id: id})
      WHERE change.reason IS NOT NULL RETURN change }
  + COUNT { MATCH (alias:Alias {space: $space}) WHERE alias.key IS NOT NULL AND NOT EXISTS { (alias)-[:NAMES]->() }
      RETURN alias } AS records
