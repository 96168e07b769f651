// How many episodes touch entities, and whether they are nouns rather than names: a line for each.
// $spaces    strings   the spaces asked for
// $keys      strings   keys of the entities
// $known_at  datetime  entities first named later are unknown
UNWIND $keys AS key
UNWIND $spaces AS space
MATCH (entity:Entity {space: space, key: key}) WHERE entity.known_from <= $known_at
WITH key, sum(entity.degree) AS episodes, max(CASE WHEN entity.is_common THEN 1 ELSE 0 END) = 1 AS is_common
RETURN collect(key + "\t" + episodes + CASE WHEN is_common THEN "\ttrue" ELSE "\t" END) AS degrees
