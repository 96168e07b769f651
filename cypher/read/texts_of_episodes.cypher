// Texts of episodes that go into vectors, of whatever space, in a stable order.
// $space   string   the space of the last one of the page before
// $number  integer  its number
// $limit   integer  the most to return
MATCH (meta:Meta) WHERE meta.space >= $space AND meta.space > ''
WITH meta ORDER BY meta.space
CALL (meta) {
  MATCH (episode:Episode {space: meta.space})
  WHERE episode.number > CASE meta.space WHEN $space THEN $number ELSE 0 END
  RETURN episode ORDER BY episode.number LIMIT $limit
}
RETURN episode.space AS space, episode.number AS number, episode.text AS text, episode.role AS role,
  episode.title AS title, episode.speaker AS speaker LIMIT $limit
