// The changes of a space after a moment and up to another, oldest first, with the text of the fact each is about.
// $space  string    the space
// $since  datetime  after that
// $until  datetime  up to that
MATCH (change:Change {space: $space}) WHERE change.number > 0 AND change.at > $since AND change.at <= $until
OPTIONAL MATCH (fact:Fact {space: change.space, id: coalesce(change.fact_id, change.after), version: 1})
RETURN change {.*} AS change, fact.text AS text ORDER BY change.at, change.number
