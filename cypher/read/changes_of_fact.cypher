// Changes that name a fact, oldest first, with the text of the fact that each is about.
// $spaces  strings  the spaces asked for
// $id      string   the fact
UNWIND $spaces AS space
CALL (space) {
  MATCH (change:Change {space: space, fact_id: $id}) RETURN change
  UNION
  MATCH (change:Change {space: space, before: $id}) RETURN change
  UNION
  MATCH (change:Change {space: space, after: $id}) RETURN change
}
OPTIONAL MATCH (fact:Fact {space: change.space, id: coalesce(change.fact_id, change.after), version: 1})
RETURN change {.*} AS change, fact.text AS text ORDER BY change.at, change.number
