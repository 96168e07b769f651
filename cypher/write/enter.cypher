// Takes spaces for a write, one after the other, so that their writers take turns; says where each stands.
// $spaces  strings   the spaces, in order
// $past    datetime  unknown beginnings
UNWIND $spaces AS space
MERGE (meta:Meta {space: space})
ON CREATE SET meta.name = space, meta.next = 1, meta.last_at = $past, meta.episodes = 0, meta.episode_stems = 0,
  meta.facts = 0, meta.speakers = [], meta.speakers_since = []
SET meta.is_held = true
WITH meta
MATCH (store:Meta {space: ''})
RETURN store.embedder AS embedder, coalesce(store.is_exchanging, false) AS is_exchanging,
  meta {.space, .next, .last_at, .self, .episodes, .episode_stems, .facts, .speakers, .speakers_since, .merges,
    .expires_at, .due_at}
  AS area
