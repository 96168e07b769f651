// The shortest chains of facts that lead from one entity to another, whichever way each fact points.
// A drawing of the entities with what connects them, and a table of the facts that say so; up to six facts in a chain.
// $space     string    whose memory
// $start     string    any name of the entity where the chain starts
// $end       string    any name of the one where it ends
// $at        datetime  when every fact of it had to hold
// $known_at  datetime  when that had to be known
// The values of the demo: run each line by itself, without the slashes, and then what stands below.
// :param [{space, at, known_at}] => {RETURN 'org=default/user=runa' AS space, datetime() AS at, datetime() AS known_at}
// :param start => 'Marion Petrie'
// :param end => 'Tampere'
// Cartesian: the two ends are found by themselves, one row each, before anything leads from one to the other.
CALL () {
  MATCH (one:Entity {space: $space}) WHERE one.key >= '' AND toLower($start) IN [one.key, toLower(one.name)]
  RETURN one
  UNION
  MATCH (alias:Alias {space: $space})-[:NAMES]->(one)
  WHERE alias.key >= '' AND toLower($start) IN [alias.key, toLower(alias.name)]
  RETURN one
}
CALL () {
  MATCH (other:Entity {space: $space}) WHERE other.key >= '' AND toLower($end) IN [other.key, toLower(other.name)]
  RETURN other
  UNION
  MATCH (alias:Alias {space: $space})-[:NAMES]->(other)
  WHERE alias.key >= '' AND toLower($end) IN [alias.key, toLower(alias.name)]
  RETURN other
}
MATCH path = ALL SHORTEST (one)-[triple:REL WHERE triple.space = $space AND triple.known_from <= $known_at
  AND triple.known_to > $known_at AND triple.valid_from <= $at AND triple.valid_to > $at]-{1,6}(other)
RETURN COLLECT {
  UNWIND relationships(path) AS step
  MATCH (fact:Fact {space: $space, id: step.fact_id, version: step.version})
  RETURN fact.text
} AS facts, path
