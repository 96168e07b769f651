// The triples within so many hops of an entity, of four at most, nearest first.
// $space     string    the space
// $key       string    key of the entity
// $hops      integer   how far
// $at        datetime  when all of them had to hold, those on the way too
// $known_at  datetime  when that had to be known
// $limit     integer   the most to return
// How far each entity is away comes from the shortest chain to it; a triple is as far as the nearer of its ends.
UNWIND [$key] AS one_key
MATCH (centre:Entity {space: $space, key: one_key})
MATCH SHORTEST 1 (centre)-[chain:REL WHERE chain.space = $space AND chain.known_from <= $known_at
    AND chain.known_to > $known_at AND chain.valid_from <= $at AND chain.valid_to > $at]-{0,3}(near)
WITH near, size(chain) AS distance WHERE distance < $hops
MATCH (near)-[triple:REL WHERE triple.space = $space AND triple.known_from <= $known_at
    AND triple.known_to > $known_at AND triple.valid_from <= $at AND triple.valid_to > $at]-()
WITH triple, min(distance) AS distance
RETURN triple.fact_id AS id, startNode(triple).key AS subject, triple.predicate AS predicate,
  endNode(triple).key AS object ORDER BY distance, id LIMIT $limit
