// Ids of the facts of a space in order.
// $space  string   the space
// $after  integer  number of the last one of the page before
// $limit  integer  the most to return
MATCH (fact:Fact {space: $space}) WHERE fact.number > $after AND fact.version = 1
RETURN fact.id AS id, fact.number AS number ORDER BY number LIMIT $limit
