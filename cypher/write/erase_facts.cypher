// Erases facts with everything that hangs on them: every version.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id}) WHERE fact.version >= 1
DETACH DELETE fact
