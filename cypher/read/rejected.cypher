// Which statements must not be learned again.
// $rows  rows  space and digest
UNWIND $rows AS row
MATCH (tombstone:Tombstone {space: row.space, digest: row.digest})
RETURN tombstone.space AS space, tombstone.digest AS digest
