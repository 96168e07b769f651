// The last change that says when facts hold: one of another statement, or a correction.
// $rows   rows     space and id
// $kinds  strings  the kinds of changes that say so
UNWIND $rows AS row
CALL (row) {
  MATCH (change:Change {space: row.space, fact_id: row.id})
  WHERE change.kind IN $kinds
  RETURN change.kind AS kind ORDER BY change.at DESC, change.number DESC LIMIT 1
}
RETURN row.id AS id, kind
