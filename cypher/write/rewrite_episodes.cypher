// Puts other words in the place of an episode's, and in facts that carry its metadata.
// $rows  rows  space, id, values by name, metadata (as it was), vector (null for a text without words)
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id})
SET episode += row.values
REMOVE episode.embedding, episode.embedding_next
WITH episode, row
CALL (episode, row) {
  WITH episode, row WHERE row.vector IS NOT NULL
  CALL db.create.setNodeVectorProperty(episode, 'embedding', row.vector)
  RETURN count(*) AS vectors
}
CALL (episode, row) {
  MATCH (episode)<-[:FROM]-(fact WHERE fact.metadata = row.metadata)
  SET fact.metadata = row.values.metadata
}
RETURN count(*) AS rewritten
