// Why a fact is believed: the messages it was read from, what it is about, and what it took the place of.
// A drawing from the fact to its messages, and a table of who said what and when.
// $space     string    whose memory
// $text      string    how the fact begins
// $at        datetime  when it had to hold
// $known_at  datetime  when that had to be known
// The values of the demo: run each line by itself, without the slashes, and then what stands below.
// :param [{space, at, known_at}] => {RETURN 'org=default/user=runa' AS space, datetime() AS at, datetime() AS known_at}
// :param text => 'Binta moved to Montrose'
MATCH (fact:Fact {space: $space}) WHERE fact.first_known <= $known_at AND fact.known_from <= $known_at
  AND fact.known_to > $known_at AND fact.valid_from <= $at AND fact.valid_to > $at
  AND toLower(fact.text) STARTS WITH toLower($text)
MATCH told = (fact)-[place:FROM WHERE place.known_from <= $known_at]->(episode WHERE episode.space = $space
  AND episode.recorded_at <= $known_at AND episode.retired_at > $known_at)
OPTIONAL MATCH about = (fact)-[:ABOUT]->(entity WHERE entity.space = $space)
OPTIONAL MATCH replaced = (fact)-[:SUPERSEDES]->(older WHERE older.space = $space AND older.known_from <= $known_at)
RETURN fact.text AS says, episode.said_at AS at, episode.speaker AS by, episode.text AS message,
  older.text AS instead_of, told, about, replaced
ORDER BY at, episode.number
