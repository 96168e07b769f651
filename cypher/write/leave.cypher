// Writes the counters of spaces back and lets go of them; says whose vectors are kept.
// $rows  rows  space, and values by name
UNWIND $rows AS row
MATCH (meta:Meta {space: row.space})
SET meta += row.values
REMOVE meta.is_held
WITH DISTINCT 1 AS written
MATCH (store:Meta {space: ''})
RETURN store.embedder AS embedder, coalesce(store.is_exchanging, false) AS is_exchanging
