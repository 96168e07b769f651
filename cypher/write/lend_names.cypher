// Gives entities the names of what is merged into them, and takes those back that are lent no longer.
// $rows  rows  space, key; names: all that are lent; keys: those that were keys; since: when the first was known
UNWIND $rows AS row
MATCH (one:Entity {space: row.space, key: row.key})
SET one.own_from = coalesce(one.own_from, one.known_from)
SET one.known_from = CASE WHEN row.since < one.own_from THEN row.since ELSE one.own_from END
WITH one, row
CALL (one, row) {
  MATCH (one)<-[named:NAMES]-(alias) WHERE named.is_lent AND NOT alias.key IN row.names
  DELETE named
  WITH DISTINCT alias WHERE NOT EXISTS { (alias)-[:NAMES]->() }
  DELETE alias
}
CALL (one, row) {
  MATCH (one)<-[named:NAMES]-(alias)
  SET named.is_key = CASE WHEN alias.key IN row.keys THEN true END
}
CALL (one, row) {
  UNWIND row.names AS key
  OPTIONAL MATCH (merged:Entity {space: one.space, merged_key: key})
  MERGE (alias:Alias {space: one.space, key: key})
  ON CREATE SET alias.name = coalesce(merged.name, key)
  MERGE (alias)-[named:NAMES]->(one)
  ON CREATE SET named.is_lent = true, named.is_key = CASE WHEN key IN row.keys THEN true END
}
