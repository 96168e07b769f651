// What no longer holds, newest end first, and what took its place.
// A drawing of facts that ended or were taken back, and a table; a fact with two versions is drawn as two circles.
// $space     string    whose memory
// $at        datetime  what had ended by then
// $known_at  datetime  as it was known then
// The values of the demo: run this line by itself, without the slashes, and then what stands below.
// :param [{space, at, known_at}] => {RETURN 'org=default/user=runa' AS space, datetime() AS at, datetime() AS known_at}
MATCH (fact:Fact {space: $space}) WHERE fact.first_known <= $known_at AND fact.known_from <= $known_at
  AND (fact.valid_to <= $at OR fact.known_to <= $known_at)
  AND NOT EXISTS {
    MATCH (later:Fact {space: fact.space, id: fact.id})
    WHERE later.version > fact.version AND later.known_from <= $known_at
  }
OPTIONAL MATCH versions = (fact)-[:SUPERSEDES]->(before WHERE before.space = $space AND before.id = fact.id)
OPTIONAL MATCH replaced = (:Fact {space: $space, id: fact.id, version: 1})
  <-[:SUPERSEDES]-(newer WHERE newer.space = $space AND newer.id <> fact.id AND newer.known_from <= $known_at)
RETURN fact.text AS says, CASE WHEN fact.known_to > $known_at THEN date(fact.valid_to) END AS ended,
  fact.known_to <= $known_at AS is_taken_back, newer.text AS instead, fact AS stale, versions, replaced
ORDER BY ended DESC, fact.number
