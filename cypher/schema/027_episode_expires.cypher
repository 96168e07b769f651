// Episodes by when each is over, for those that ever are.
CREATE INDEX graphmem_episode_expires IF NOT EXISTS FOR (n:Episode) ON (n.space, n.expires_at)
