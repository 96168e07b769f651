// Facts about or mentioning an entity known at a moment, newest first, each by the version believed then or last.
// $space          string    the space of the facts
// $key            string    key of the entity
// $before         datetime  only facts first known before, or then
// $before_number  integer   and of those of that moment the ones with a lower number
// $predicate      string?   only facts that say this
// $is_any         boolean   whether facts that do not hold are listed too
// $at             datetime  when they had to hold
// $known_at       datetime  when that had to be known
// $limit          integer   the most to return
MATCH (:Entity {space: $space, key: $key})<-[:ABOUT|MENTIONS]-(fact)
WHERE fact.space = $space AND fact.first_known <= $before
  AND fact.known_from <= $known_at AND ($predicate IS NULL OR fact.predicate = $predicate)
  AND (fact.first_known < $before OR fact.number < $before_number)
  AND NOT EXISTS {
    MATCH (later:Fact {space: fact.space, id: fact.id})
    WHERE later.version > fact.version AND later.known_from <= $known_at
  }
  AND ($is_any OR (fact.known_to > $known_at AND fact.valid_from <= $at AND fact.valid_to > $at))
RETURN fact.space AS space, fact.id AS id, fact.version AS version, fact.first_known AS first_known,
  fact.number AS number
ORDER BY first_known DESC, number DESC LIMIT $limit
