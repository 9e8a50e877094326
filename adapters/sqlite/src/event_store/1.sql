-- A stream's name is stored as a head that many streams share (`record-cn_x.posts.`) and a tail (`123`).
CREATE TABLE heads (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

-- Event types with the category of the streams they are in, so that a filter costs nothing per event.
CREATE TABLE kinds (
  id INTEGER PRIMARY KEY, category TEXT NOT NULL, event_type TEXT NOT NULL, UNIQUE (category, event_type)
) STRICT;

-- Who did it, for what. All events of a run share one row. May hold the same twice; an index would cost more.
CREATE TABLE metas (id INTEGER PRIMARY KEY, actor TEXT NOT NULL, correlation TEXT) STRICT;

-- tail: an integer where it is the decimal form of one, else text. causation: 16 bytes where it is a UUID, else text.
-- data: text, or packed bytes where that is shorter. recorded_at: microseconds since 1970.
CREATE TABLE events (
  position INTEGER PRIMARY KEY, head INTEGER NOT NULL, tail ANY NOT NULL, revision INTEGER NOT NULL,
  kind INTEGER NOT NULL, meta INTEGER NOT NULL, causation ANY, recorded_at INTEGER NOT NULL, id BLOB NOT NULL,
  data ANY NOT NULL, body BLOB, checksum INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_of_stream ON events (head, tail, revision);

-- For people with `sqlite3 log.db`.
CREATE VIEW log AS
SELECT position, heads.text || tail AS stream, revision, event_type,
  datetime(recorded_at / 1000000, 'unixepoch') AS recorded_at, actor, correlation, data, length(body) AS body_bytes
FROM events JOIN heads ON heads.id = head JOIN kinds ON kinds.id = kind JOIN metas ON metas.id = meta;
