-- Which nodes share the database: a row for each start of each, "seen_at" in milliseconds by the database's own clock.
CREATE TABLE node (
  id          text COLLATE "C" PRIMARY KEY,
  name        text COLLATE "C" NOT NULL,
  version     text COLLATE "C" NOT NULL,
  schema      bigint NOT NULL,
  config_hash text COLLATE "C" NOT NULL,
  mode        text COLLATE "C" NOT NULL,
  started_at  bigint NOT NULL,
  seen_at     bigint NOT NULL,
  leads       boolean NOT NULL,
  spool_depth bigint NOT NULL CHECK (spool_depth >= 0)
);

-- Which server it is on: after a failover it is another one, and what the former one said last may be lost.
CREATE TABLE cluster (
  name   text COLLATE "C" PRIMARY KEY,
  server text COLLATE "C" NOT NULL,
  since  bigint NOT NULL
);

-- Not a lead: the row that whoever changes a setting holds until the commit, so that no two nodes change one at once.
INSERT INTO lease (name, holder, fence, until, drain) VALUES ('settings', '', 0, 0, 0);
