// The facts that lead to entities, with the keys they were told under, and whether they have a triple.
// $rows  rows  space and key
UNWIND $rows AS row
MATCH (:Entity {space: row.space, key: row.key})<-[:ABOUT|MENTIONS]-(fact WHERE fact.space = row.space
  AND fact.version = 1)
WITH DISTINCT fact, fact.told_mention_keys IS NOT NULL AS is_kept
RETURN fact.space AS space, fact.id AS id,
  CASE WHEN is_kept THEN fact.told_subject_key ELSE fact.subject_key END AS subject,
  CASE WHEN is_kept THEN fact.told_object_key ELSE fact.object_key END AS object,
  CASE WHEN is_kept THEN fact.told_mention_keys ELSE fact.mention_keys END AS mentions
