// How many facts were read in each of some episodes: what erasing it takes with it.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id})
RETURN episode.id AS id, COUNT { (episode)<-[:FROM]-() } AS facts
