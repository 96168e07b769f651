// The triples on the shortest chains, of four at most, between two entities of a space.
// $space     string    the space
// $start     string    key of the one
// $end       string    key of the other
// $hops      integer   the most triples in a chain
// $at        datetime  when all of them had to hold
// $known_at  datetime  when that had to be known
// First how long they are; then the entities where what leads from either end meets; then, for each end, the triples
// that lead there. So each triple is read once, however many chains share it. `step` counts from the end it is told
// for, and `outer` is where it leads, away from that end.
UNWIND [$start] AS one_key
MATCH (start:Entity {space: $space, key: one_key})
UNWIND [$end] AS other_key
MATCH (end:Entity {space: $space, key: other_key})
MATCH SHORTEST 1 (start)-[chain:REL WHERE chain.space = $space AND chain.known_from <= $known_at
    AND chain.known_to > $known_at AND chain.valid_from <= $at AND chain.valid_to > $at]-{1,4}(end)
WITH start, end, size(chain) AS length WHERE length <= $hops
WITH length, [{node: start, reach: (length + 1) / 2, is_start: true}, {node: end, reach: length / 2, is_start: false}]
  AS ends
CALL (ends) {
  UNWIND ends AS side
  WITH side.node AS node, side.reach AS reach
  CALL (node, reach) {
    WITH node, reach WHERE reach = 0
    RETURN node AS middle
    UNION
    WITH node, reach WHERE reach = 1
    MATCH (node)-[r:REL WHERE r.space = $space AND r.known_from <= $known_at
      AND r.known_to > $known_at AND r.valid_from <= $at AND r.valid_to > $at]-(middle)
    RETURN middle
    UNION
    WITH node, reach WHERE reach = 2
    MATCH (node)-[r:REL WHERE r.space = $space AND r.known_from <= $known_at
      AND r.known_to > $known_at AND r.valid_from <= $at AND r.valid_to > $at]-(between)
    WITH DISTINCT between
    MATCH (between)-[r:REL WHERE r.space = $space AND r.known_from <= $known_at
      AND r.known_to > $known_at AND r.valid_from <= $at AND r.valid_to > $at]-(middle)
    RETURN middle
  }
  WITH middle, count(DISTINCT node) AS sides WHERE sides = 2
  RETURN collect(middle) AS middles
}
UNWIND ends AS side
WITH length, middles, side.node AS node, side.reach AS reach, side.is_start AS is_start
CALL (node, reach, middles) {
  WITH node, reach, middles WHERE reach = 1
  UNWIND middles AS outer
  MATCH (node)-[triple:REL WHERE triple.space = $space AND triple.known_from <= $known_at
    AND triple.known_to > $known_at AND triple.valid_from <= $at AND triple.valid_to > $at]-(outer)
  RETURN 1 AS step, triple, outer
  UNION
  WITH node, reach, middles WHERE reach = 2
  UNWIND middles AS outer
  MATCH (outer)-[triple:REL WHERE triple.space = $space AND triple.known_from <= $known_at
    AND triple.known_to > $known_at AND triple.valid_from <= $at AND triple.valid_to > $at]-(between)
  WHERE EXISTS {
    MATCH (between)-[r:REL WHERE r.space = $space AND r.known_from <= $known_at
      AND r.known_to > $known_at AND r.valid_from <= $at AND r.valid_to > $at]-(node)
  }
  RETURN 2 AS step, triple, outer
  UNION
  WITH node, reach, middles WHERE reach = 2
  UNWIND middles AS middle
  MATCH (middle)-[r:REL WHERE r.space = $space AND r.known_from <= $known_at
    AND r.known_to > $known_at AND r.valid_from <= $at AND r.valid_to > $at]-(outer)
  WITH DISTINCT node, outer
  MATCH (node)-[triple:REL WHERE triple.space = $space AND triple.known_from <= $known_at
    AND triple.known_to > $known_at AND triple.valid_from <= $at AND triple.valid_to > $at]-(outer)
  RETURN 1 AS step, triple, outer
}
RETURN length, is_start, step, outer.key AS outer, triple.fact_id AS id, startNode(triple).key AS subject,
  triple.predicate AS predicate, endNode(triple).key AS object
