// Puts new vectors of episodes aside; an empty one stands for a text without words.
// $rows  rows  space, number, vector
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, number: row.number})
CALL (episode, row) {
  WITH episode, row WHERE size(row.vector) = 0
  SET episode.embedding_next = []
}
CALL (episode, row) {
  WITH episode, row WHERE size(row.vector) > 0
  CALL db.create.setNodeVectorProperty(episode, 'embedding_next', row.vector)
  RETURN count(*) AS vectors
}
RETURN count(*) AS kept
