// Takes the keys of entities out of the journal of merges: they are words.
// $rows  rows  space and key
UNWIND $rows AS row
CALL (row) {
  MATCH (change:Change {space: row.space, before: row.key}) WHERE change.fact_id IS NULL RETURN change
  UNION
  MATCH (change:Change {space: row.space, after: row.key}) WHERE change.fact_id IS NULL RETURN change
}
SET change.before = CASE WHEN change.before <> row.key THEN change.before END,
  change.after = CASE WHEN change.after <> row.key THEN change.after END,
  change.reason = null, change.actor = 'erased'
