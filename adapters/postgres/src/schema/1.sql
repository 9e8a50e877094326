-- How far each view is. A view's rows lie in a table of its own, v_<name>_<version>, made with its first rows.
CREATE TABLE views (
  name text COLLATE "C" NOT NULL, version int8 NOT NULL, checkpoint int8 NOT NULL, PRIMARY KEY (name, version)
);

-- kek: the version of the key-encryption key that wrapped the row. wrapped: nonce (24 bytes) and ciphertext.
CREATE TABLE canary (id int4 PRIMARY KEY CHECK (id = 1), kek int8 NOT NULL, wrapped bytea NOT NULL);

-- wrapped: the data key; sealed: the secret under the data key.
CREATE TABLE secrets (
  owner text COLLATE "C" NOT NULL, purpose text COLLATE "C" NOT NULL, origin text COLLATE "C" NOT NULL,
  version int8 NOT NULL, kek int8 NOT NULL, wrapped bytea NOT NULL, sealed bytea NOT NULL,
  PRIMARY KEY (owner, purpose, origin)
);

-- A row without a key is the tombstone of a destroyed one.
CREATE TABLE subjects (subject text COLLATE "C" PRIMARY KEY, kek int8 NOT NULL, wrapped bytea);

-- Keyed hashes of e-mail addresses of people who were erased and must not come back unasked.
CREATE TABLE suppressed (hash text COLLATE "C" PRIMARY KEY);

-- Let go and run out leases stay, for their tokens. length: what the holder asked for.
CREATE TABLE leases (
  name text COLLATE "C" PRIMARY KEY, holder text NOT NULL, token int8 NOT NULL,
  held_until timestamptz NOT NULL, length interval NOT NULL
);
