// Whether something has no vector of the embedder to come.
OPTIONAL MATCH (episode:Episode) WHERE episode.embedding_next IS NULL
WITH episode LIMIT 1
OPTIONAL MATCH (fact:Fact) WHERE fact.version = 1 AND fact.embedding_next IS NULL
RETURN coalesce(episode.id, fact.id) AS id LIMIT 1
