// Facts that contradict each other: one says what the other denies, or a message disputed what was known.
// A drawing of each pair with what it is about, and a table with the reason; facts that were settled are not in it.
// $space     string    whose memory
// $at        datetime  when both had to hold
// $known_at  datetime  when that had to be known
// The values of the demo: run this line by itself, without the slashes, and then what stands below.
// :param [{space, at, known_at}] => {RETURN 'org=default/user=runa' AS space, datetime() AS at, datetime() AS known_at}
CALL () {
  MATCH (one:Fact {space: $space}) WHERE one.first_known <= $known_at AND NOT one.is_negated
    AND one.subject_key IS NOT NULL AND one.predicate IS NOT NULL
  MATCH (other:Fact {space: one.space, subject_key: one.subject_key, predicate: one.predicate})
  WHERE other.is_negated AND coalesce(other.object_key, other.object, '') = coalesce(one.object_key, one.object, '')
  RETURN one, other, 'one says what the other denies' AS why
  UNION
  MATCH (change:Change {space: $space}) WHERE change.number >= 0 AND change.kind = 'disputed' AND change.at <= $known_at
  MATCH (one:Fact {space: change.space, id: change.before}) WHERE one.version >= 1
  MATCH (other:Fact {space: change.space, id: coalesce(change.after, change.fact_id)}) WHERE other.version >= 1
  RETURN one, other, coalesce(change.reason, 'disputed') AS why
}
WITH one, other, why WHERE one.known_from <= $known_at AND one.known_to > $known_at AND one.valid_from <= $at
  AND one.valid_to > $at AND other.known_from <= $known_at AND other.known_to > $known_at
  AND other.valid_from <= $at AND other.valid_to > $at
OPTIONAL MATCH about = (one)-[:ABOUT]->(entity WHERE entity.space = $space)
OPTIONAL MATCH also = (other)-[:ABOUT]->(same WHERE same.space = $space)
RETURN one.text AS one, other.text AS other, why, one AS first, other AS second, about, also
