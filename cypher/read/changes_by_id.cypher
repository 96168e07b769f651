// Changes by id, with the text of the fact that each is about.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (change:Change {space: row.space, id: row.id})
OPTIONAL MATCH (fact:Fact {space: change.space, id: coalesce(change.fact_id, change.after), version: 1})
RETURN change {.*} AS change, fact.text AS text
