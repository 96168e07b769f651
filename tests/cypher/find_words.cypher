// Ids of what the index of words finds.
CALL db.index.fulltext.queryNodes('graphmem_words', $words) YIELD node RETURN node.id AS id
