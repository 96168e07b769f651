// Facts by id and version, with where they were read.
// $rows      rows      space, id, version
// $known_at  datetime  evidence found later is left out
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id, version: row.version})
RETURN fact {.id, .space, .version, .text, .subject, .subject_key, .predicate, .object, .object_key, .mentions,
  .mention_keys, .kind, .is_negated, .modality, .confidence, .role, .happened, .metadata, .valid_from, .valid_to,
  .known_from, .known_to, .digest, .number} AS fact,
  COLLECT {
    MATCH (fact)-[place:FROM WHERE place.known_from <= $known_at]->(episode)
    RETURN [episode.id, place.start, place.stop, place.known_from]
    ORDER BY place.known_from, episode.number, place.start, place.stop
  } AS places
