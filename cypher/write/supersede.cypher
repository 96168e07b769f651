// Says which fact took the place of which.
// Cartesian: two facts, each one node by its key, for each row.
// $rows  rows  space, before, after
UNWIND $rows AS row
MATCH (old:Fact {space: row.space, id: row.before, version: 1})
MATCH (new:Fact {space: row.space, id: row.after, version: 1})
MERGE (new)-[:SUPERSEDES]->(old)
