// Takes all reasons and actors out of the journal of a space; its entries stay.
// $space  string  the space
MATCH (change:Change {space: $space})
WHERE change.number > 0 AND (change.reason IS NOT NULL OR change.actor <> 'erased')
SET change.reason = null, change.actor = 'erased'
