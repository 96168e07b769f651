// Takes reasons and actors out of the entries of a journal that name erased facts or episodes; the entries stay.
// $space     string   the space
// $facts     strings  ids of facts
// $episodes  strings  ids of episodes
CALL () {
  UNWIND $facts AS id
  CALL (id) {
    MATCH (change:Change {space: $space, fact_id: id}) RETURN change
    UNION
    MATCH (change:Change {space: $space, before: id}) RETURN change
    UNION
    MATCH (change:Change {space: $space, after: id}) RETURN change
  }
  SET change.reason = null, change.actor = 'erased'
}
CALL () {
  MATCH (change:Change {space: $space}) WHERE change.number > 0 AND change.episode_id IN $episodes
  SET change.reason = null, change.actor = 'erased'
}
