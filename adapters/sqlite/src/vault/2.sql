-- Keyed hashes of e-mail addresses of people who were erased and must not come back unasked.
CREATE TABLE suppressed (hash TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
