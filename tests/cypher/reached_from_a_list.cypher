// The defect: two seeds sought by a list under a unique key, and steps of any length. DISTINCT is not kept.
MATCH (seed:Entity {space: 'org=acme/user=ada'}) WHERE seed.key IN ['ada', 'bob']
MATCH (seed)-[:REL]->{1,2}(reached)
RETURN DISTINCT reached.key AS key
