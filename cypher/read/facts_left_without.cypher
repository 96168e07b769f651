// Facts that nothing supports once some episodes are gone: no other source is left, or all others were replaced.
// $space  string    the space
// $ids    strings   the episodes
// $far    datetime  open ends
UNWIND $ids AS id
MATCH (:Episode {space: $space, id: id})<-[:FROM]-(fact WHERE fact.space = $space AND fact.version = 1)
WITH DISTINCT fact
WHERE NOT EXISTS { (fact)-[:FROM]->(other WHERE other.retired_at = $far AND NOT other.id IN $ids) }
  AND (EXISTS { (fact)-[:FROM]->(told WHERE told.retired_at = $far) }
    OR NOT EXISTS { (fact)-[:FROM]->(other WHERE NOT other.id IN $ids) })
RETURN fact.id AS id
