// Waits until every index can be used.
// $seconds  integer  how long at most
CALL db.awaitIndexes($seconds)
