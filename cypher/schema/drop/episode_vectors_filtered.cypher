// Drops the vectors' index of episodes with filters, before one of other dimensions is made.
DROP INDEX graphmem_episode_vectors_filtered IF EXISTS
