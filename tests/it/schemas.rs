//! The schema files and the parameter table, read apart and compared; events that pass and that fail.
