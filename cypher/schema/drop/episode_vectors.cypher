// Drops the vectors' index of episodes, before one of other dimensions is made.
DROP INDEX graphmem_episode_vectors IF EXISTS
