// What is to be erased of episodes: who spoke, and the words that each is found by.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id})
RETURN episode.id AS id, episode.stems AS stems, episode.speaker AS speaker, episode.metadata AS metadata
