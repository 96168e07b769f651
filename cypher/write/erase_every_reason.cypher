// Takes all reasons, actors and keys of merged entities out of the journal of a space; its entries stay.
// $space  string  the space
MATCH (change:Change {space: $space})
WHERE change.number > 0 AND (change.reason IS NOT NULL OR change.actor <> 'erased'
  OR change.fact_id IS NULL)
SET change.reason = null, change.actor = 'erased',
  change.before = CASE WHEN change.fact_id IS NOT NULL THEN change.before END,
  change.after = CASE WHEN change.fact_id IS NOT NULL THEN change.after END
