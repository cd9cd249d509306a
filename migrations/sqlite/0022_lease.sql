-- Who leads: decides, removes, sweeps and forgets. `fence` grows with each taking; `until` and `drain` (how long calls of
-- the holder's may go on behind it) are milliseconds by the store's own clock.
CREATE TABLE lease (
  name   TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  fence  INTEGER NOT NULL,
  until  INTEGER NOT NULL,
  drain  INTEGER NOT NULL CHECK (drain >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO lease (name, holder, fence, until, drain) VALUES ('leader', '', 0, 0, 0);
