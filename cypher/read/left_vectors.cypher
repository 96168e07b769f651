// How many erased records are still found by their vectors.
// $space  string   the space
// $index  string   the vector index
// $ids    strings  what must not be found
// $rows   rows     vector
// $limit  integer  how many of the nearest are looked at
UNWIND $rows AS row
CALL db.index.vector.queryNodes($index, $limit, row.vector) YIELD node
WITH node WHERE node.space = $space AND node.id IN $ids
RETURN count(DISTINCT node) AS vectors
