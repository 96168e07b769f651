// Ids of the episodes of a space in order.
// $space  string   the space
// $after  integer  number of the last one of the page before
// $limit  integer  the most to return
MATCH (episode:Episode {space: $space}) WHERE episode.number > $after
RETURN episode.id AS id, episode.number AS number ORDER BY number LIMIT $limit
