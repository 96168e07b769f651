"""Where memories are kept: one package or module per kind of store, all of them `graphmem.protocols.Store`."""
