// Writes the counters of spaces back and lets go of them.
// $rows  rows  space, and values by name
UNWIND $rows AS row
MATCH (meta:Meta {space: row.space})
SET meta += row.values
REMOVE meta.is_held
