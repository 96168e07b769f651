// The indexes of this schema: what each is on, and whether it can be used.
SHOW INDEXES YIELD name, type, state, populationPercent, properties, options
WHERE name STARTS WITH 'graphmem_'
RETURN name, type, state, populationPercent AS percent, properties, options ORDER BY name
