// Says where facts were read too: on every version of them.
// Cartesian: the few versions of one fact, and one episode by its id, for each row.
// $rows  rows  space, id, episode, start, stop, known_from
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id}) WHERE fact.version >= 1
MATCH (episode:Episode {space: row.space, id: row.episode})
MERGE (fact)-[place:FROM {start: row.start, stop: row.stop}]->(episode)
ON CREATE SET place.known_from = row.known_from
RETURN DISTINCT row.space AS space, row.id AS id, row.episode AS episode
