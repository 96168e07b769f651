// Which entries of the journal are there, by id.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (change:Change {space: row.space, id: row.id})
RETURN change.space AS space, change.id AS id
