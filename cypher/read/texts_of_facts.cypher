// Texts of facts that go into vectors, with the title of their first source, of whatever space, in a stable order.
// $space   string   the space of the last one of the page before
// $number  integer  its number
// $limit   integer  the most to return
MATCH (meta:Meta) WHERE meta.space >= $space AND meta.space > ''
WITH meta ORDER BY meta.space
CALL (meta) {
  MATCH (fact:Fact {space: meta.space})
  WHERE fact.number > CASE meta.space WHEN $space THEN $number ELSE 0 END AND fact.version = 1
  RETURN fact ORDER BY fact.number LIMIT $limit
}
WITH fact LIMIT $limit
RETURN fact.space AS space, fact.number AS number, fact.text AS text, fact.role AS role,
  head(COLLECT { MATCH (fact)-[:FROM]->(episode) RETURN episode.title ORDER BY episode.number LIMIT 1 }) AS title,
  null AS speaker
