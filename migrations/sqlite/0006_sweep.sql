-- Sweeps: looks at every group of the app, for full ones whose webhook was lost.

CREATE TABLE sweep (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  state         TEXT NOT NULL CHECK (state IN ('running', 'finished', 'failed', 'interrupted')),
  reason        TEXT NOT NULL,
  dry_run       INTEGER NOT NULL CHECK (dry_run IN (0, 1)),
  type          TEXT NOT NULL,  -- of groups, that it lists; '' at the end
  next_page     TEXT NOT NULL,  -- Chat's cursor of the first page that is not read: a decimal number of 64 bits
  groups_listed INTEGER NOT NULL,
  groups_read   INTEGER NOT NULL,
  groups_full   INTEGER NOT NULL,
  groups_new    INTEGER NOT NULL,
  started_at    INTEGER NOT NULL CHECK (started_at >= 0),
  finished_at   INTEGER
) STRICT;

-- At most one is running.
CREATE UNIQUE INDEX sweep_running ON sweep (state) WHERE state = 'running';
CREATE INDEX sweep_real ON sweep (id) WHERE dry_run = 0;
