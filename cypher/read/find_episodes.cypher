// Episodes by source or session: those that meet every condition given, the last said first.
// $spaces     strings  the spaces asked for
// $source_id  string?  where they come from
// $session    string?  the session they belong to
// $most       integer  how many at most
UNWIND $spaces AS space
CALL (space) {
  MATCH (episode:Episode {space: space, source_id: $source_id})
  WHERE $session IS NULL OR episode.session = $session
  RETURN episode
  UNION
  MATCH (episode:Episode {space: space, session: $session})
  WHERE episode.said_at IS NOT NULL AND ($source_id IS NULL OR episode.source_id = $source_id)
  RETURN episode
}
RETURN episode.space AS space, episode.id AS id, episode.said_at AS said_at, episode.number AS number
ORDER BY said_at DESC, number DESC LIMIT $most
