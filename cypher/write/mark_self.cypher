// Says which of the merged entities of a space "I" means, if one.
// $space  string  the space
// $key    string  the entity
MATCH (one:Entity {space: $space}) WHERE one.merged_key >= ''
SET one.is_self = one.merged_key = $key
