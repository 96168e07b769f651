// How often a search for erased words still leads to what they were erased from.
// $space  string  the space
// $rows   rows    words: the search, restricted to the space; ids: what must not be found
UNWIND $rows AS row
CALL db.index.fulltext.queryNodes('graphmem_words', row.words) YIELD node
WITH row, node WHERE node.space = $space AND node.id IN row.ids
RETURN count(*) AS words
