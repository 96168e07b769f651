// The entities that facts lead to.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id, version: 1})-[:ABOUT|MENTIONS]->(entity)
RETURN DISTINCT entity.space AS space, entity.key AS key
