// Believed facts, ended or not, that stand on some episodes alone.
// $space  string    the space of the episodes
// $ids    strings   the episodes, taken together
// $far    datetime  open ends
UNWIND $ids AS id
MATCH (:Episode {space: $space, id: id})<-[:FROM]-(fact WHERE fact.known_to = $far AND fact.space = $space)
WITH DISTINCT fact
WHERE NOT EXISTS {
  (fact)-[:FROM]->(other WHERE other.space = $space AND other.retired_at = $far AND NOT other.id IN $ids)
}
RETURN fact.space AS space, fact.id AS id, fact.version AS version ORDER BY fact.number
