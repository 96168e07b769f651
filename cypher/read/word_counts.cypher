// In how many episodes or facts of a space each search finds something.
// $rows  rows  space, stem, words (the search)
UNWIND $rows AS row
CALL (row) {
  CALL db.index.fulltext.queryNodes('graphmem_words', row.words) YIELD node
  WITH node WHERE node.space = row.space
  RETURN count(*) AS count
}
RETURN row.space AS space, row.stem AS stem, count
