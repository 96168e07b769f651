// The keys that facts were told under, and what their names stand for.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id, version: 1})
WITH fact, fact.told_mention_keys IS NOT NULL AS is_kept
RETURN fact.space AS space, fact.id AS id,
  CASE WHEN is_kept THEN fact.told_subject_key ELSE fact.subject_key END AS subject,
  CASE WHEN is_kept THEN fact.told_object_key ELSE fact.object_key END AS object,
  CASE WHEN is_kept THEN fact.told_mention_keys ELSE fact.mention_keys END AS mentions
