// Facts whose stems hold a phrase, for each phrase the newest first.
// $rows   rows     space, key, words (the search, restricted to the facts of the space)
// $limit  integer  the most to return for each phrase
UNWIND $rows AS row
CALL (row) {
  CALL db.index.fulltext.queryNodes('graphmem_words', row.words) YIELD node AS fact
  WITH fact WHERE fact.space = row.space
  WITH fact ORDER BY fact.number DESC LIMIT $limit
  RETURN fact.id AS id, fact.version AS version
}
RETURN row.space AS space, row.key AS key, id, version
