// What a memory learned and unlearned since a moment, newest first.
// A table of the journal: when, what was done, the fact, the one it replaced or disputed, and why; at most 200 rows.
// $space     string    whose memory
// $since     datetime  from when on
// $known_at  datetime  until when
// The values of the demo: run each line by itself, without the slashes, and then what stands below.
// :param [{space, at, known_at}] => {RETURN 'org=default/user=runa' AS space, datetime() AS at, datetime() AS known_at}
// :param since => datetime() - duration('P1D')
MATCH (change:Change {space: $space}) WHERE change.number >= 0 AND change.at > $since AND change.at <= $known_at
WITH change ORDER BY change.at DESC, change.number DESC LIMIT 200
OPTIONAL MATCH (fact:Fact {space: change.space, id: coalesce(change.after, change.fact_id), version: 1})
OPTIONAL MATCH (former:Fact {space: change.space, id: change.before, version: 1})
OPTIONAL MATCH (episode:Episode {space: change.space, id: change.episode_id})
RETURN change.at AS at, change.kind AS kind, fact.text AS says, former.text AS instead_of, change.reason AS reason,
  episode.name AS message
ORDER BY at DESC, change.number DESC
