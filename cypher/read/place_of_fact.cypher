// Where a fact stands in a listing.
// $spaces  strings  the spaces asked for
// $id      string   the fact
UNWIND $spaces AS space
MATCH (fact:Fact {space: space, id: $id, version: 1})
RETURN space, fact.number AS number, fact.first_known AS first_known
