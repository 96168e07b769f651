// Erases the triples of facts: of every version.
// $rows  rows  space and id
UNWIND $rows AS row
MATCH ()-[triple:REL {space: row.space, fact_id: row.id}]->()
DELETE triple
