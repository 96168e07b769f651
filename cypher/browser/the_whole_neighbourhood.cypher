// Everything around an entity: the facts that hold and name it, and all that these facts name besides.
// A drawing: in the middle the entity, around it its facts, outside what they lead to; double-click a circle for more.
// $space     string    whose memory
// $name      string    any name of the entity, as its circle shows it
// $at        datetime  when the facts had to hold
// $known_at  datetime  when that had to be known
// The values of the demo: run each line by itself, without the slashes, and then what stands below.
// :param [{space, at, known_at}] => {RETURN 'org=default/user=runa' AS space, datetime() AS at, datetime() AS known_at}
// :param name => 'Joost'
CALL () {
  MATCH (entity:Entity {space: $space}) WHERE entity.key >= '' AND toLower($name) IN [entity.key, toLower(entity.name)]
  RETURN entity
  UNION
  MATCH (alias:Alias {space: $space})-[:NAMES]->(entity)
  WHERE alias.key >= '' AND toLower($name) IN [alias.key, toLower(alias.name)]
  RETURN entity
}
MATCH near = (entity)<-[:ABOUT|MENTIONS]-(fact WHERE fact.space = $space
  AND fact.known_from <= $known_at AND fact.known_to > $known_at AND fact.valid_from <= $at AND fact.valid_to > $at)
OPTIONAL MATCH far = (fact)-[:ABOUT|MENTIONS]->(other WHERE other.space = $space)
RETURN fact.text AS says, collect(other.name) AS names, near, collect(far) AS far ORDER BY says
