// The journal in order.
CREATE INDEX graphmem_change_number IF NOT EXISTS FOR (n:Change) ON (n.space, n.number)
