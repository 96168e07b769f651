// Lets statements be learned again.
// $rows  rows  space and digest
UNWIND $rows AS row
MATCH (tombstone:Tombstone {space: row.space, digest: row.digest})
DELETE tombstone
