// Episodes by id.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id})
RETURN episode {.id, .space, .text, .role, .speaker, .session, .agent_id, .title, .said_at, .recorded_at, .source_id,
  .metadata, .state} AS episode, episode.identity AS identity, episode.retired_at AS retired_at,
  episode.number AS number
