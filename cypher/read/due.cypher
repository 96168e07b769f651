// Spaces of which something is over, whoever's they are, and whether all of it is.
// $now  datetime  what time it is
MATCH (meta:Meta) WHERE meta.expires_at <= $now OR meta.due_at <= $now
RETURN meta.space AS space, coalesce(meta.expires_at <= $now, false) AS is_over ORDER BY space
