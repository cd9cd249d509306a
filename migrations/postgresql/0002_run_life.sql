-- Plans that wait for an operator, the longest waiting first.
CREATE INDEX run_waiting ON run (created_at, id) WHERE state = 'awaiting_approval';

-- Whom headroom removed from which group, the newest time each: whoever is there again is protected.
CREATE TABLE removal (
  group_id    text COLLATE "C" NOT NULL,
  account     text COLLATE "C" NOT NULL,
  run_id      bigint NOT NULL REFERENCES run (id),
  joined_at_s bigint,  -- as the plan saw it
  restored_at bigint,  -- when a restore sent it back
  rejoined_at bigint,  -- when it was first seen to have come back by itself
  PRIMARY KEY (group_id, account)
);

-- What became of those that each policy removed.
CREATE TABLE policy_outcome (
  policy      text COLLATE "C" NOT NULL,  -- JSON, as in run
  removed     bigint NOT NULL,
  rejoined    bigint NOT NULL,
  last_run_id bigint NOT NULL
);

-- A policy may be longer than an entry of an index may be: its digest stands for it.
CREATE FUNCTION digest_of(words text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN sha256(convert_to(words, 'UTF8'));
END
$$;
CREATE UNIQUE INDEX policy_outcome_policy ON policy_outcome (digest_of(policy));
CREATE INDEX policy_outcome_newest ON policy_outcome (last_run_id);
-- The triggers on run_member.outcome come with 0012_late_removal, and the columns that they write.
