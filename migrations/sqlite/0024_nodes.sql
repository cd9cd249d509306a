-- Which nodes share the database: a row for each start of each, `seen_at` in milliseconds by the database's own clock.
CREATE TABLE node (
  id          TEXT NOT NULL PRIMARY KEY,
  name        TEXT NOT NULL,
  version     TEXT NOT NULL,
  schema      INTEGER NOT NULL,
  config_hash TEXT NOT NULL,
  mode        TEXT NOT NULL,
  started_at  INTEGER NOT NULL,
  seen_at     INTEGER NOT NULL,
  leads       INTEGER NOT NULL CHECK (leads IN (0, 1)),
  spool_depth INTEGER NOT NULL CHECK (spool_depth >= 0)
) STRICT, WITHOUT ROWID;

-- Which server it is on: after a failover it is another one, and what the former one said last may be lost.
CREATE TABLE cluster (
  name   TEXT NOT NULL PRIMARY KEY,
  server TEXT NOT NULL,
  since  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
