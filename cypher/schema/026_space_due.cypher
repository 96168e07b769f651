// Spaces by when the first of their episodes is over.
CREATE INDEX graphmem_space_due IF NOT EXISTS FOR (n:Meta) ON (n.due_at)
