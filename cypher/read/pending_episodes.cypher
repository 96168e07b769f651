// Current episodes of a space that wait to be read, in the order they were said. Every episode of it is looked at.
// $space  string    the space
// $far    datetime  open ends
// $limit  integer   the most to return
MATCH (episode:Episode {space: $space})
WHERE episode.number > 0 AND episode.state = 'pending' AND episode.retired_at = $far
RETURN episode {.id, .space, .text, .role, .speaker, .session, .agent_id, .title, .said_at, .recorded_at, .source_id,
  .metadata, .state, .expires_at, .text_digest} AS episode,
  episode.identity AS identity, episode.retired_at AS retired_at, episode.number AS number
ORDER BY episode.said_at, number LIMIT $limit
