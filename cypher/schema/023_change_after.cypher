// Changes that something took the place in.
CREATE INDEX graphmem_change_after IF NOT EXISTS FOR (n:Change) ON (n.space, n.after)
