// Links facts to entities that were named in them before they were known: every version.
// Cartesian: one entity by its key, and the few versions of one fact, for each row.
// $rows  rows  space, id, key
UNWIND $rows AS row
MATCH (entity:Entity {space: row.space, key: row.key})
MATCH (fact:Fact {space: row.space, id: row.id}) WHERE fact.version >= 1
SET fact.mentions = fact.mentions + entity.name, fact.mention_keys = fact.mention_keys + entity.key
MERGE (fact)-[:MENTIONS]->(entity)
