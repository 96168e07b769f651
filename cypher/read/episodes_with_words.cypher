// The known episodes of a space that searches find, those with the most weight together first.
// $space     string    the space of the episodes
// $rows      rows      words (the search), weight
// $known_at  datetime  when they had to be known
// $limit     integer   the most to return
UNWIND $rows AS row
CALL db.index.fulltext.queryNodes('graphmem_words', row.words) YIELD node AS episode
WITH row, episode WHERE episode.space = $space AND episode.recorded_at <= $known_at AND episode.retired_at > $known_at
WITH episode, sum(row.weight) AS weight ORDER BY weight DESC, episode.number LIMIT $limit
RETURN episode.space AS space, collect(episode.id) AS ids
