// Episodes in the order in which they were written.
CREATE INDEX graphmem_episode_number IF NOT EXISTS FOR (n:Episode) ON (n.space, n.number)
