// Facts by id and version, with where they were read. Moments are microseconds since 1970, as in `read/episodes`.
// $rows      rows      space, id, version
// $known_at  datetime  evidence found later is left out
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id, version: row.version})
RETURN fact {.id, .space, .version, .text, .subject, .subject_key, .predicate, .object, .object_key, .mentions,
    .mention_keys, .kind, .is_negated, .modality, .confidence, .role, .happened, .metadata, .digest, .number,
    valid_from: fact.valid_from.epochSeconds * 1000000 + fact.valid_from.microsecond,
    valid_to: fact.valid_to.epochSeconds * 1000000 + fact.valid_to.microsecond,
    known_from: fact.known_from.epochSeconds * 1000000 + fact.known_from.microsecond,
    known_to: fact.known_to.epochSeconds * 1000000 + fact.known_to.microsecond} AS fact,
  COLLECT {
    MATCH (fact)-[place:FROM WHERE place.known_from <= $known_at]->(episode)
    RETURN [episode.id, place.start, place.stop]
    ORDER BY place.known_from, episode.number, place.start, place.stop
  } AS places
