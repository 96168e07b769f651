// Links facts to entities that were named in them before they were known: every version.
// Cartesian: one entity by its key, and the few versions of one fact, for each row.
// $rows  rows  space, id, key (of the entity), told (the key it is named by), name (null for that of the entity)
UNWIND $rows AS row
MATCH (entity:Entity {space: row.space, key: row.key})
MATCH (fact:Fact {space: row.space, id: row.id}) WHERE fact.version >= 1
WITH row, entity, fact, fact.told_mention_keys IS NOT NULL AS was_kept
WITH row, entity, fact, was_kept OR row.told <> row.key AS is_kept,
  CASE WHEN was_kept THEN fact.told_subject_key ELSE fact.subject_key END AS subject,
  CASE WHEN was_kept THEN fact.told_object_key ELSE fact.object_key END AS object,
  CASE WHEN was_kept THEN fact.told_mention_keys ELSE fact.mention_keys END AS mentions
SET fact.told_subject_key = CASE WHEN is_kept THEN subject END,
  fact.told_object_key = CASE WHEN is_kept THEN object END,
  fact.told_mention_keys = CASE WHEN is_kept THEN mentions + row.told END
SET fact.mentions = fact.mentions + coalesce(row.name, entity.name),
  fact.mention_keys = fact.mention_keys + entity.key
WITH entity, fact WHERE NOT EXISTS { (fact)-[:ABOUT]->(entity) }
MERGE (fact)-[:MENTIONS]->(entity)
