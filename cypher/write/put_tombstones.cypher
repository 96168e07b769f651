// Keeps digests of statements that must not be learned again.
// $rows  rows  space and digest
UNWIND $rows AS row
MERGE (tombstone:Tombstone {space: row.space, digest: row.digest})
ON CREATE SET tombstone.name = 'not to be learned again'
RETURN count(*) AS kept
