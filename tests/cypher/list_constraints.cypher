// The names of the constraints.
SHOW CONSTRAINTS YIELD name
