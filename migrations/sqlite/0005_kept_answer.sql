-- The answers to requests with an Idempotency-Key, written in the transaction of what they did, for their repeats.
-- The newest have the greatest ids: a key that is used again after its time gets a new row.
CREATE TABLE kept_answer (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  token      TEXT NOT NULL,
  key        TEXT NOT NULL CHECK (key <> ''),
  request    TEXT NOT NULL CHECK (length(request) = 64),
  created_at INTEGER NOT NULL CHECK (created_at >= 0),
  status     INTEGER NOT NULL,
  location   TEXT NOT NULL,
  body       TEXT NOT NULL,
  UNIQUE (token, key)
) STRICT;

CREATE INDEX kept_answer_created ON kept_answer (created_at);
