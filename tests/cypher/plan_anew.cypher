// Queries are planned anew from here on, by what the database holds now; plans made while it was empty are forgotten.
CALL db.prepareForReplanning()
