// Keys of the spaces below an owner's.
// $prefix  string  what they start with
MATCH (meta:Meta) WHERE meta.space STARTS WITH $prefix
RETURN meta.space AS space ORDER BY space
