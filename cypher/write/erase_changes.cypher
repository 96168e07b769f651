// Takes the journal of a space away.
// $space  string  the space
MATCH (change:Change {space: $space}) WHERE change.number > 0
DETACH DELETE change
