// The indexes of this schema: what each is on, and whether it can be used.
SHOW INDEXES YIELD name, type, state, populationPercent, properties, options, owningConstraint
WHERE name STARTS WITH 'graphmem_'
RETURN name, type, state, populationPercent AS percent, properties, options,
  owningConstraint IS NOT NULL AS is_constraint ORDER BY name
