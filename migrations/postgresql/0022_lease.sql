-- Who leads: decides, removes, sweeps and forgets. "fence" grows with each taking; "until" and "drain" (how long calls of
-- the holder's may go on behind it) are milliseconds by the database's own clock.
CREATE TABLE lease (
  name   text COLLATE "C" PRIMARY KEY,
  holder text COLLATE "C" NOT NULL,
  fence  bigint NOT NULL,
  until  bigint NOT NULL,
  drain  bigint NOT NULL CHECK (drain >= 0)
);
INSERT INTO lease (name, holder, fence, until, drain) VALUES ('leader', '', 0, 0, 0);
