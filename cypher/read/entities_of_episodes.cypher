// The entities that the facts of episodes lead to.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id})<-[:FROM]-()-[:ABOUT|MENTIONS]->(entity)
RETURN DISTINCT entity.space AS space, entity.key AS key
