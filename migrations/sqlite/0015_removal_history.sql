-- Every removal that was verified, in the order in which it was, and what became of it. `removal` keeps the newest time
-- of each member only.
CREATE TABLE removal_history (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id      INTEGER NOT NULL REFERENCES run (id),
  group_id    TEXT NOT NULL,
  account     TEXT NOT NULL,
  removed_at  INTEGER NOT NULL CHECK (removed_at >= 0),  -- when the delete call was sent
  restored_at INTEGER,
  rejoined_at INTEGER
) STRICT;

CREATE INDEX removal_history_account ON removal_history (account);
CREATE INDEX removal_history_group ON removal_history (group_id);

-- As event_span, by removed_at.
CREATE TABLE removal_span (
  slot     INTEGER PRIMARY KEY,
  first_id INTEGER NOT NULL,
  last_id  INTEGER NOT NULL
) STRICT;

CREATE TRIGGER removal_spanned AFTER INSERT ON removal_history BEGIN
  INSERT INTO removal_span (slot, first_id, last_id) VALUES (new.removed_at / 600000, new.id, new.id)
    ON CONFLICT (slot) DO UPDATE SET first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id);
END;

INSERT INTO removal_history (run_id, group_id, account, removed_at, restored_at, rejoined_at)
  SELECT run.id, run.group_id, run_member.account,
         max(coalesce(run_member.sent_at, run.started_at, run.created_at), 0), removal.restored_at, removal.rejoined_at
    FROM run_member JOIN run ON run.id = run_member.run_id
      LEFT JOIN removal ON removal.group_id = run.group_id AND removal.account = run_member.account
        AND removal.run_id = run.id
    WHERE run_member.outcome = 'removed'
    ORDER BY run_member.sent_at, run_member.id;

CREATE TRIGGER run_member_recorded AFTER UPDATE OF outcome ON run_member
  WHEN new.outcome = 'removed' AND old.outcome <> 'removed' BEGIN
  INSERT INTO removal_history (run_id, group_id, account, removed_at)
    SELECT id, group_id, new.account, max(coalesce(new.sent_at, started_at, created_at), 0) FROM run
      WHERE id = new.run_id;
END;

CREATE TRIGGER removal_settled AFTER UPDATE OF restored_at, rejoined_at ON removal WHEN new.run_id = old.run_id BEGIN
  UPDATE removal_history SET restored_at = new.restored_at, rejoined_at = new.rejoined_at
    WHERE account = new.account AND run_id = new.run_id;
END;
