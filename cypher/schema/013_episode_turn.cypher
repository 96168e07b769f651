// Turns of a conversation in the order in which they were said.
CREATE INDEX graphmem_episode_turn IF NOT EXISTS FOR (n:Episode) ON (n.space, n.session, n.said_at)
