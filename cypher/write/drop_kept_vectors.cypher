// Drops vectors that were put aside, a thousand at a time.
MATCH (record:Episode|Fact) WHERE record.embedding_next IS NOT NULL
CALL (record) {
  REMOVE record.embedding_next
} IN TRANSACTIONS OF 1000 ROWS
