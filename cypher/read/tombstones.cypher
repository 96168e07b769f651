// Digests of the statements of a space that must not be learned again.
// $space  string  the space
MATCH (tombstone:Tombstone {space: $space}) WHERE tombstone.digest IS NOT NULL
RETURN tombstone.digest AS digest
