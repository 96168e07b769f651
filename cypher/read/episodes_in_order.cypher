// Episodes of a space in the order in which they were written, with what each is known again by, or was.
// $space   string   the space
// $after   integer  number of the last one of the page before
// $before  integer  episodes from this number on are left out
// $limit   integer  the most to return
MATCH (episode:Episode {space: $space}) WHERE episode.number > $after AND episode.number < $before
RETURN episode {.id, .space, .text, .role, .speaker, .session, .agent_id, .title, .said_at, .recorded_at, .source_id,
  .metadata, .state, .expires_at, .text_digest} AS episode,
  coalesce(episode.identity, episode.former_identity) AS identity,
  episode.retired_at AS retired_at, episode.number AS number
ORDER BY number LIMIT $limit
