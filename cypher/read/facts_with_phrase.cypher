// Facts whose stems hold a phrase, the newest first.
// $space  string   the space of the facts
// $words  string   the search, restricted to the facts of this space
// $limit  integer  the most to return
CALL db.index.fulltext.queryNodes('graphmem_words', $words) YIELD node AS fact
WITH fact WHERE fact.space = $space
RETURN fact.space AS space, fact.id AS id, fact.version AS version ORDER BY fact.number DESC LIMIT $limit
