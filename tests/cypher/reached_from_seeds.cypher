// The same question as our queries ask it: seeds unwound, each sought by itself.
UNWIND ['ada', 'bob'] AS key
MATCH (seed:Entity {space: 'org=acme/user=ada', key: key})
MATCH (seed)-[:REL]->{1,2}(reached)
RETURN DISTINCT reached.key AS key
