// Facts by id, each with the version believed at a moment, or the last one that had been.
// $rows      rows      space and id
// $known_at  datetime  the moment
UNWIND $rows AS row
MATCH (fact:Fact {space: row.space, id: row.id}) WHERE fact.version >= 1 AND fact.known_from <= $known_at
RETURN row.space AS space, row.id AS id, max(fact.version) AS version
