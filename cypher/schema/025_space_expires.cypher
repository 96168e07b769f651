// Spaces by when all of each is over, for the few that ever are.
CREATE INDEX graphmem_space_expires IF NOT EXISTS FOR (n:Meta) ON (n.expires_at)
