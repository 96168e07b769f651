// Lets the vectors put aside take over in episodes, five hundred at a time; those put aside stay until all is done.
MATCH (episode:Episode) WHERE episode.embedding_next IS NOT NULL
CALL (episode) {
  REMOVE episode.embedding
  WITH episode WHERE size(episode.embedding_next) > 0
  CALL db.create.setNodeVectorProperty(episode, 'embedding', episode.embedding_next)
  RETURN count(*) AS vectors
} IN TRANSACTIONS OF 500 ROWS
RETURN sum(vectors) AS vectors
