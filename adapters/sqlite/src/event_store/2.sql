-- The hash chain after the last event of each commit: 32 bytes. From this version on `events.checksum` holds 62 bits of
-- an event's digest; older rows keep their 32-bit checksum.
CREATE TABLE chain (position INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
