// Episodes by where they come from.
CREATE INDEX graphmem_episode_source IF NOT EXISTS FOR (n:Episode) ON (n.space, n.source_id)
