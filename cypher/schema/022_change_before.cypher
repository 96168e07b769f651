// Changes that something was replaced in.
CREATE INDEX graphmem_change_before IF NOT EXISTS FOR (n:Change) ON (n.space, n.before)
