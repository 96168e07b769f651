// What is known of an entity, in the order in which it came true.
// A table: since when, until when (empty: still, or for ever), what, and whether it holds at $at or has ended by then.
// $space     string    whose memory
// $name      string    any name of the entity, as its circle shows it
// $at        datetime  facts that had begun by then
// $known_at  datetime  as it was known then
// The values of the demo: run each line by itself, without the slashes, and then what stands below.
// :param [{space, at, known_at}] => {RETURN 'org=default/user=runa' AS space, datetime() AS at, datetime() AS known_at}
// :param name => 'Binta'
CALL () {
  MATCH (entity:Entity {space: $space}) WHERE entity.key >= '' AND toLower($name) IN [entity.key, toLower(entity.name)]
  RETURN entity
  UNION
  MATCH (alias:Alias {space: $space})-[:NAMES]->(entity)
  WHERE alias.key >= '' AND toLower($name) IN [alias.key, toLower(alias.name)]
  RETURN entity
}
MATCH (entity)<-[:ABOUT|MENTIONS]-(fact WHERE fact.space = $space
  AND fact.known_from <= $known_at AND fact.known_to > $known_at AND fact.valid_from <= $at)
RETURN CASE WHEN fact.valid_from.year > 1 THEN date(fact.valid_from) END AS since,
  CASE WHEN fact.valid_to.year < 9999 THEN date(fact.valid_to) END AS until,
  fact.text AS says, fact.kind AS kind, fact.valid_to > $at AS holds, entity.name AS name
ORDER BY fact.valid_from, fact.number
