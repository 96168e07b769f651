// Episodes by id. Moments are microseconds since 1970, which a driver reads many times faster.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (episode:Episode {space: row.space, id: row.id})
RETURN episode {.id, .space, .text, .role, .speaker, .session, .agent_id, .title, .source_id, .metadata, .state,
    .expires_at, .text_digest,
    said_at: episode.said_at.epochSeconds * 1000000 + episode.said_at.microsecond,
    recorded_at: episode.recorded_at.epochSeconds * 1000000 + episode.recorded_at.microsecond} AS episode,
  episode.identity AS identity, episode.number AS number,
  episode.retired_at.epochSeconds * 1000000 + episode.retired_at.microsecond AS retired_at
