// The constraint of create_constraint, gone again.
DROP CONSTRAINT leftover IF EXISTS
