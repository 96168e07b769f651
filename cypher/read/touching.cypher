// The triples that start or end at entities, held at a moment and were known then.
// $rows      rows      space and key
// $at        datetime  when they had to hold
// $known_at  datetime  when that had to be known
UNWIND $rows AS row
MATCH (:Entity {space: row.space, key: row.key})-[triple:REL WHERE triple.space = row.space
  AND triple.known_from <= $known_at AND triple.known_to > $known_at
  AND triple.valid_from <= $at AND triple.valid_to > $at]-()
RETURN DISTINCT triple.space AS space, triple.fact_id AS id, startNode(triple).key AS subject,
  triple.predicate AS predicate, endNode(triple).key AS object
