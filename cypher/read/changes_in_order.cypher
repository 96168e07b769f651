// The journal of a space in order.
// $space   string   the space
// $after   integer  number of the last one of the page before
// $before  integer  changes from this number on are left out
// $limit   integer  the most to return
MATCH (change:Change {space: $space}) WHERE change.number > $after AND change.number < $before
RETURN change {.*} AS change, change.number AS number ORDER BY number LIMIT $limit
