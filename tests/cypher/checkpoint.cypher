// Write everything to the store's files now.
CALL db.checkpoint()
