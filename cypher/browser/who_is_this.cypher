// Who or what a name stands for: the entity, its other names, and the facts about it that hold.
// A drawing and a table of the facts. For another day, set $at; for what was known on another day, $known_at.
// $space     string    whose memory
// $name      string    any name of the entity, as its circle shows it
// $at        datetime  when the facts had to hold
// $known_at  datetime  when that had to be known
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
OPTIONAL MATCH named = (entity)<-[:NAMES]-(alias WHERE alias.space = $space)
OPTIONAL MATCH told = (entity)<-[:ABOUT]-(fact WHERE fact.space = $space AND fact.known_from <= $known_at
  AND fact.known_to > $known_at AND fact.valid_from <= $at AND fact.valid_to > $at)
WITH entity, named, told, fact WHERE entity.known_from <= $known_at
RETURN entity.name AS name, entity.type AS type, fact.text AS says, entity, named, told
ORDER BY fact.valid_from, fact.number
