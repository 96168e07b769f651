// The facts that were read in episodes, in the order in which they stand there.
// $rows      rows      space and id
// $known_at  datetime  when that had to be known
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id})
RETURN episode.space AS space, episode.id AS id,
  COLLECT {
    MATCH (episode)<-[told:FROM WHERE told.known_from <= $known_at]-(fact WHERE fact.version = 1)
    RETURN fact.id ORDER BY told.start, fact.number
  } AS facts
