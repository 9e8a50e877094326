-- kek: the version of the key-encryption key that wrapped the row. wrapped: nonce (24 bytes) and ciphertext.
CREATE TABLE canary (id INTEGER PRIMARY KEY CHECK (id = 1), kek INTEGER NOT NULL, wrapped BLOB NOT NULL) STRICT;

-- wrapped: the data key; sealed: the secret under the data key.
CREATE TABLE secrets (
  owner TEXT NOT NULL, purpose TEXT NOT NULL, origin TEXT NOT NULL, version INTEGER NOT NULL,
  kek INTEGER NOT NULL, wrapped BLOB NOT NULL, sealed BLOB NOT NULL,
  PRIMARY KEY (owner, purpose, origin)
) STRICT, WITHOUT ROWID;

-- A row without a key is the tombstone of a destroyed one.
CREATE TABLE subjects (
  subject TEXT PRIMARY KEY, kek INTEGER NOT NULL, wrapped BLOB
) STRICT, WITHOUT ROWID;
