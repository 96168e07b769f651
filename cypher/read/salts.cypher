// The first tombstone of each space from a place on: it begins with the salt of those that follow.
// $rows  rows  space and after
UNWIND $rows AS row
CALL (row) {
  MATCH (tombstone:Tombstone {space: row.space}) WHERE tombstone.digest > row.after
  RETURN tombstone.digest AS digest ORDER BY digest LIMIT 1
}
RETURN row.space AS space, digest
