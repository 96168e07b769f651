// Every node and what hangs on it, a thousand in a transaction; the schema stays.
MATCH (node)
CALL (node) { DETACH DELETE node } IN TRANSACTIONS OF 1000 ROWS
