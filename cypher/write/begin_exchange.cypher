// From now on nobody compares vectors: those put aside are to take over.
MATCH (store:Meta {space: ''})
SET store.is_exchanging = true
