// What forgetting a source would delete: its messages, the facts read from them alone, and names nothing else says.
// A drawing and a table; facts that other messages say too stay. Deleting knows no clocks: every version goes.
// $space   string  whose memory
// $source  string  the id of the source, as it was given to add
// The values of the demo: run each line by itself, without the slashes, and then what stands below.
// :param [{space, at, known_at}] => {RETURN 'org=default/user=runa' AS space, datetime() AS at, datetime() AS known_at}
// :param source => 'm412'
MATCH (episode:Episode {space: $space, source_id: $source})
OPTIONAL MATCH told = (episode)<-[:FROM]-(fact WHERE fact.space = $space AND NOT EXISTS {
  (fact)-[:FROM]->(other WHERE other.space = $space AND coalesce(other.source_id, '') <> $source)
})
OPTIONAL MATCH named = (fact)-[:ABOUT|MENTIONS]->(entity WHERE entity.space = $space AND NOT EXISTS {
  (entity)<-[:ABOUT|MENTIONS]-(kept)-[:FROM]->(other WHERE other.space = $space
    AND coalesce(other.source_id, '') <> $source)
})
WITH episode, fact, told, collect(entity.name) AS names, collect(named) AS named
RETURN episode.text AS message, fact.text AS says, names, episode, told, named ORDER BY episode.said_at, fact.number
