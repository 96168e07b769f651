// Says which fact took the place of which.
// $rows  rows  space, before, after
UNWIND $rows AS row
MATCH (old:Fact {space: row.space, id: row.before, version: 1})
MATCH (new:Fact {space: row.space, id: row.after, version: 1})
MERGE (new)-[:SUPERSEDES]->(old)
