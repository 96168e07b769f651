// Appends to the journal.
// $rows  rows  values by name
UNWIND $rows AS row
CREATE (change:Change)
SET change = row
