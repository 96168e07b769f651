// Forgets what must not be learned again in a space.
// $space  string  the space
MATCH (tombstone:Tombstone {space: $space}) WHERE tombstone.digest IS NOT NULL
DELETE tombstone
