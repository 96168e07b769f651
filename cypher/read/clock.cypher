// What time the server has.
RETURN datetime() AS now
