// Takes the names of entities out of the facts that lead to them: out of every version.
// $rows  rows  space and key
UNWIND $rows AS row
MATCH (:Entity {space: row.space, key: row.key})<-[:ABOUT|MENTIONS]-(fact WHERE fact.space = row.space)
WITH DISTINCT fact, row.key AS key
SET fact.subject = CASE fact.subject_key WHEN key THEN null ELSE fact.subject END,
  fact.subject_key = CASE fact.subject_key WHEN key THEN null ELSE fact.subject_key END,
  fact.object = CASE fact.object_key WHEN key THEN null ELSE fact.object END,
  fact.object_key = CASE fact.object_key WHEN key THEN null ELSE fact.object_key END,
  fact.mentions = [place IN range(0, size(fact.mentions) - 1) WHERE fact.mention_keys[place] <> key
    | fact.mentions[place]],
  fact.mention_keys = [other IN fact.mention_keys WHERE other <> key]
