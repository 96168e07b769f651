// A statement that must not be learned again is kept as a digest.
CREATE CONSTRAINT graphmem_tombstone IF NOT EXISTS FOR (n:Tombstone) REQUIRE (n.space, n.digest) IS UNIQUE
