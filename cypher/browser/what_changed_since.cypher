// What changed in a memory since a moment: first what gave way, ended or was taken back, then what is new.
// A table of the journal: what was done, the fact, the one it replaced or disputed, why, and when; at most 200 rows.
// $space     string    whose memory
// $since     datetime  from when on
// $known_at  datetime  until when
// The values of the demo: run each line by itself, without the slashes, and then what stands below.
// :param [{space, at, known_at}] => {RETURN 'org=default/user=runa' AS space, datetime() AS at, datetime() AS known_at}
// :param since => datetime() - duration('P1D')
MATCH (change:Change {space: $space}) WHERE change.number >= 0 AND change.at > $since AND change.at <= $known_at
  AND (change.kind <> 'added' OR coalesce(change.after, change.fact_id) IS NOT NULL)
WITH change, change.kind = 'added' AS is_new ORDER BY is_new, change.at DESC, change.number DESC LIMIT 200
OPTIONAL MATCH (fact:Fact {space: change.space, id: coalesce(change.after, change.fact_id), version: 1})
OPTIONAL MATCH (former:Fact {space: change.space, id: change.before, version: 1})
OPTIONAL MATCH (episode:Episode {space: change.space, id: change.episode_id})
RETURN change.kind AS kind, fact.text AS says, former.text AS instead_of, change.reason AS reason,
  left(toString(change.at), 19) AS at, episode.name AS message
ORDER BY is_new, at DESC, change.number DESC
