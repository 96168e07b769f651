// Facts of a space in the order in which they were written, with every version and everywhere they were read.
// $space     string    the space
// $after     integer   number of the last one of the page before
// $before    integer   facts from this number on are left out
// $known_at  datetime  versions and evidence known later are left out
// $limit     integer   the most to return
MATCH (fact:Fact {space: $space}) WHERE fact.number > $after AND fact.number < $before AND fact.version = 1
WITH fact ORDER BY fact.number LIMIT $limit
RETURN fact {.id, .space, .version, .text, .subject, .subject_key, .predicate, .object, .object_key, .mentions,
  .mention_keys, .kind, .is_negated, .modality, .confidence, .role, .happened, .metadata, .valid_from, .valid_to,
  .known_from, .known_to, .digest, .number, .told_subject_key, .told_object_key, .told_mention_keys} AS fact,
  COLLECT {
    MATCH (each:Fact {space: fact.space, id: fact.id}) WHERE each.version >= 1 AND each.known_from <= $known_at
    RETURN each {.known_from, .known_to, .valid_from, .valid_to} ORDER BY each.version
  } AS versions,
  COLLECT {
    MATCH (fact)-[place:FROM WHERE place.known_from <= $known_at]->(episode)
    RETURN [episode.id, place.start, place.stop, place.known_from]
    ORDER BY place.known_from, episode.number, place.start, place.stop
  } AS places, fact.number AS number
ORDER BY number
