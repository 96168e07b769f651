// Says when spaces are over, those that are there.
// $rows  rows  space, expires_at
UNWIND $rows AS row
MATCH (meta:Meta {space: row.space})
SET meta.expires_at = row.expires_at
