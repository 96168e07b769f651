// Adds episodes with their vectors.
// $rows  rows  values by name, and vector (null for a text without words)
UNWIND $rows AS row
CREATE (episode:Episode)
SET episode = row.values
WITH episode, row WHERE row.vector IS NOT NULL
CALL db.create.setNodeVectorProperty(episode, 'embedding', row.vector)
RETURN count(*) AS vectors
