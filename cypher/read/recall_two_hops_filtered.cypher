// A question's nearest facts, by the index filtered to the spaces, then two hops over the entities they share.
// server: 2026
// Cartesian: what was gathered so far is a single row, and the facts found by words stand beside it.
// Of each space the lines of the nearest facts, nearest first, and of all others; a line is as in `read/leading`.
// $spaces      strings   the spaces asked for
// $vector      vector    the question
// $at          datetime  when what is reached over entities had to hold
// $known_at    datetime  when everything had to be known
// $seeds       integer   the most facts to start from of each space
// $candidates  integer   how many facts of a space the index looks for
// $worded      rows      further facts to start from, found by their words: space and id
// $asked       strings   keys of entities that the question names
// $front       integer   how many of the best facts each hop starts from
// $hub         integer   entities that more episodes touch lead nowhere
// $about       integer   the most facts about an entity
// $mentions    integer   the most facts that mention an entity
CYPHER 25
UNWIND $spaces AS space
CALL (space) {
  MATCH (fact:Fact)
  SEARCH fact IN (
    VECTOR INDEX graphmem_fact_vectors_filtered FOR $vector
    WHERE fact.space = space AND fact.version = 1 AND fact.known_from <= $known_at
    LIMIT $candidates
  ) SCORE AS score
  RETURN fact AS seed, score ORDER BY score DESC, seed.number LIMIT $seeds
}
WITH seed, score ORDER BY score DESC, seed.number
WITH collect({fact: seed, score: score}) AS near
CALL () {
  UNWIND $worded AS row
  MATCH (fact:Fact {space: row.space, id: row.id, version: 1})
  RETURN collect(fact) AS worded
}
CALL (near) {
  UNWIND near[..$front] AS start
  WITH start.fact AS seed
  MATCH (seed)-[:ABOUT|MENTIONS]->(entity WHERE entity.degree <= $hub AND NOT entity.key IN $asked)
  RETURN collect(DISTINCT entity.key) AS shared
}
WITH near, worded, $asked + shared AS steps
CALL (steps) {
  UNWIND steps AS key
  UNWIND $spaces AS space
  MATCH (entity:Entity {space: space, key: key}) WHERE entity.known_from <= $known_at
  CALL (entity, key) {
    MATCH (entity)<-[:ABOUT]-(fact WHERE fact.space = entity.space AND fact.known_from <= $known_at
      AND fact.known_to > $known_at AND fact.valid_from <= $at AND fact.valid_to > $at)
    WITH fact, coalesce(vector.similarity.cosine(fact.embedding, $vector), 0.5) AS score
    ORDER BY score DESC, fact.number LIMIT $about
    RETURN fact, score, "+" + key + "\n" AS link
    UNION ALL
    MATCH (entity)<-[:MENTIONS]-(fact WHERE fact.space = entity.space AND fact.known_from <= $known_at
      AND fact.known_to > $known_at AND fact.valid_from <= $at AND fact.valid_to > $at)
    WITH fact, coalesce(vector.similarity.cosine(fact.embedding, $vector), 0.5) AS score
    ORDER BY score DESC, fact.number LIMIT $mentions
    RETURN fact, score, "-" + key + "\n" AS link
  }
  RETURN collect({fact: fact, score: score, link: link}) AS one
}
CALL (one, steps) {
  UNWIND one AS link
  WITH steps, link.fact AS fact, max(link.score) AS score ORDER BY score DESC, fact.number LIMIT $front
  MATCH (fact)-[:ABOUT|MENTIONS]->(entity WHERE entity.degree <= $hub)
  WHERE NOT entity.key IN steps
  RETURN collect(DISTINCT entity.key) AS further
}
CALL (further) {
  UNWIND further AS key
  UNWIND $spaces AS space
  MATCH (entity:Entity {space: space, key: key}) WHERE entity.known_from <= $known_at
  CALL (entity, key) {
    MATCH (entity)<-[:ABOUT]-(fact WHERE fact.space = entity.space AND fact.known_from <= $known_at
      AND fact.known_to > $known_at AND fact.valid_from <= $at AND fact.valid_to > $at)
    WITH fact, coalesce(vector.similarity.cosine(fact.embedding, $vector), 0.5) AS score
    ORDER BY score DESC, fact.number LIMIT $about
    RETURN fact, score, "+" + key + "\n" AS link
    UNION ALL
    MATCH (entity)<-[:MENTIONS]-(fact WHERE fact.space = entity.space AND fact.known_from <= $known_at
      AND fact.known_to > $known_at AND fact.valid_from <= $at AND fact.valid_to > $at)
    WITH fact, coalesce(vector.similarity.cosine(fact.embedding, $vector), 0.5) AS score
    ORDER BY score DESC, fact.number LIMIT $mentions
    RETURN fact, score, "-" + key + "\n" AS link
  }
  RETURN collect({fact: fact, score: score, link: link}) AS two
}
CALL (near, worded, one, two) {
  UNWIND near AS seed
  RETURN seed.fact AS fact, seed.score AS score, null AS link, true AS is_near
  UNION ALL
  UNWIND worded AS fact
  RETURN fact, null AS score, null AS link, false AS is_near
  UNION ALL
  UNWIND one + two AS step
  RETURN step.fact AS fact, step.score AS score, step.link AS link, false AS is_near
}
WITH fact.space AS space, fact.id AS id, collect(fact)[0] AS fact, max(score) AS score, collect(link) AS links,
  true IN collect(is_near) AS is_near
WITH space, id, fact, score, links, is_near, COLLECT {
  MATCH (fact)-[told:FROM WHERE told.known_from <= $known_at]->
    (episode WHERE episode.recorded_at <= $known_at AND episode.retired_at > $known_at)
  WITH DISTINCT episode ORDER BY episode.said_at, episode.number
  RETURN episode.id
} AS episodes
WHERE size(episodes) > 0
WITH space, fact, links, is_near, episodes,
  coalesce(score, vector.similarity.cosine(fact.embedding, $vector), 0.5) AS score,
  CASE
    WHEN size(links) > 0 THEN true
    WHEN fact.known_to > $known_at THEN fact.valid_from <= $at AND fact.valid_to > $at
    ELSE EXISTS {
      MATCH (version:Fact {space: space, id: id}) WHERE version.version > 1
        AND version.known_from <= $known_at AND version.known_to > $known_at
        AND version.valid_from <= $at AND version.valid_to > $at
    }
  END AS holds
ORDER BY score DESC, fact.number
WITH space, is_near,
  fact.id + reduce(all = "\t", link IN links | all + link)
    + "\t" + fact.number + "\t" + score + CASE WHEN holds THEN "\ttrue\t" ELSE "\t\t" END
    + coalesce(fact.subject_key, "") + "\t" + coalesce(fact.object_key, "") + "\t" + fact.stems
    + reduce(ids = "\t", id IN episodes | ids + id + "\n")
    + reduce(keys = "\t", key IN fact.mention_keys | keys + key + "\n") AS line
RETURN space, collect(CASE WHEN is_near THEN line END) AS near, collect(CASE WHEN NOT is_near THEN line END) AS others
