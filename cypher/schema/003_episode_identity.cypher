// The same episode is not written twice; one that was replaced has no identity.
CREATE CONSTRAINT graphmem_episode_identity IF NOT EXISTS FOR (n:Episode) REQUIRE (n.space, n.identity) IS UNIQUE
