-- Plans that wait for an operator, the longest waiting first.
CREATE INDEX run_waiting ON run (created_at) WHERE state = 'awaiting_approval';

-- Whom headroom removed from which group, the newest time each: whoever is there again is protected.
CREATE TABLE removal (
  group_id    TEXT NOT NULL,
  account     TEXT NOT NULL,
  run_id      INTEGER NOT NULL REFERENCES run (id),
  joined_at_s INTEGER,  -- as the plan saw it
  restored_at INTEGER,  -- when a restore sent it back
  rejoined_at INTEGER,  -- when it was first seen to have come back by itself
  PRIMARY KEY (group_id, account)
) STRICT, WITHOUT ROWID;

-- What became of those that each policy removed.
CREATE TABLE policy_outcome (
  policy      TEXT PRIMARY KEY,  -- JSON, as in run
  removed     INTEGER NOT NULL,
  rejoined    INTEGER NOT NULL,
  last_run_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX policy_outcome_newest ON policy_outcome (last_run_id);

INSERT INTO removal (group_id, account, run_id, joined_at_s)
  SELECT run.group_id, run_member.account, max(run_member.run_id), run_member.joined_at_s
    FROM run_member JOIN run ON run.id = run_member.run_id
    WHERE run_member.outcome = 'removed' GROUP BY run.group_id, run_member.account;

INSERT INTO policy_outcome (policy, removed, rejoined, last_run_id)
  SELECT run.policy, count(*), 0, max(run.id) FROM run_member JOIN run ON run.id = run_member.run_id
    WHERE run_member.outcome = 'removed' GROUP BY run.policy;

CREATE TRIGGER run_member_removed AFTER UPDATE OF outcome ON run_member
  WHEN new.outcome = 'removed' AND old.outcome <> 'removed' BEGIN
  INSERT INTO removal (group_id, account, run_id, joined_at_s)
    SELECT group_id, new.account, new.run_id, new.joined_at_s FROM run WHERE id = new.run_id
    ON CONFLICT (group_id, account) DO UPDATE SET run_id = excluded.run_id, joined_at_s = excluded.joined_at_s,
                                                  restored_at = NULL, rejoined_at = NULL;
  INSERT INTO policy_outcome (policy, removed, rejoined, last_run_id)
    SELECT policy, 1, 0, id FROM run WHERE id = new.run_id
    ON CONFLICT (policy) DO UPDATE SET removed = removed + 1, last_run_id = max(last_run_id, excluded.last_run_id);
END;

CREATE TRIGGER run_member_restored AFTER UPDATE OF outcome ON run_member
  WHEN new.outcome IN ('restored', 'pending') BEGIN
  UPDATE removal SET restored_at = new.sent_at
    WHERE group_id = (SELECT group_id FROM run WHERE id = new.run_id) AND account = new.account;
END;

CREATE TRIGGER removal_rejoined AFTER UPDATE OF rejoined_at ON removal
  WHEN old.rejoined_at IS NULL AND new.rejoined_at IS NOT NULL BEGIN
  UPDATE policy_outcome SET rejoined = rejoined + 1 WHERE policy = (SELECT policy FROM run WHERE id = new.run_id);
END;
