// Entities that nothing is said about once some facts are gone.
// $space  string   the space
// $keys   strings  the entities
// $facts  strings  the facts that go
UNWIND $keys AS key
MATCH (entity:Entity {space: $space, key: key})
WHERE NOT EXISTS { (entity)<-[:ABOUT|MENTIONS]-(fact WHERE fact.space = $space AND NOT fact.id IN $facts) }
RETURN entity.key AS key
