// Episodes that a search finds, oldest first.
// $space  string  the space of the episodes
// $words  string  the search, restricted to the episodes of this space
CALL db.index.fulltext.queryNodes('graphmem_words', $words) YIELD node AS episode
WITH episode WHERE episode.space = $space
RETURN episode.space AS space, episode.id AS id, episode.said_at AS said_at, episode.number AS number
ORDER BY said_at, number
