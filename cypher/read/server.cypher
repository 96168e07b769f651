// What the server is: version, edition, and the languages it speaks.
CALL dbms.components() YIELD name, versions, edition
RETURN name, versions, edition
