// The kinds of the changes that say when facts hold, oldest first.
// $rows   rows     space and id
// $kinds  strings  the kinds of changes that say so
UNWIND $rows AS row
MATCH (change:Change {space: row.space, fact_id: row.id})
WHERE change.kind IN $kinds
WITH row.id AS id, change ORDER BY change.at, change.number
RETURN id, collect(change.kind) AS kinds
