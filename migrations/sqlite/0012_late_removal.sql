-- Members who were sent to delete and whom nobody saw gone: the call may be carried out late. Who is there again then,
-- with a newer JoinTime, was removed by it and came back. certain = 0: only such a JoinTime says that they were removed.
ALTER TABLE removal ADD COLUMN certain INTEGER NOT NULL DEFAULT 1 CHECK (certain IN (0, 1));

CREATE TRIGGER run_member_unsettled AFTER UPDATE OF outcome ON run_member
  WHEN new.outcome IN ('unknown', 'still_member', 'error') AND new.outcome <> old.outcome AND new.sent_at IS NOT NULL BEGIN
  INSERT INTO removal (group_id, account, run_id, joined_at_s, certain)
    SELECT group_id, new.account, new.run_id, new.joined_at_s, 0 FROM run WHERE id = new.run_id
    ON CONFLICT (group_id, account) DO UPDATE SET run_id = excluded.run_id, joined_at_s = excluded.joined_at_s
      WHERE certain = 0 AND rejoined_at IS NULL;
END;

DROP TRIGGER run_member_removed;
CREATE TRIGGER run_member_removed AFTER UPDATE OF outcome ON run_member
  WHEN new.outcome = 'removed' AND old.outcome <> 'removed' BEGIN
  INSERT INTO removal (group_id, account, run_id, joined_at_s)
    SELECT group_id, new.account, new.run_id, new.joined_at_s FROM run WHERE id = new.run_id
    ON CONFLICT (group_id, account) DO UPDATE SET run_id = excluded.run_id, joined_at_s = excluded.joined_at_s,
                                                  restored_at = NULL, rejoined_at = NULL, back_at = NULL, certain = 1;
  INSERT INTO policy_outcome (policy, removed, rejoined, last_run_id)
    SELECT policy, 1, 0, id FROM run WHERE id = new.run_id
    ON CONFLICT (policy) DO UPDATE SET removed = removed + 1, last_run_id = max(last_run_id, excluded.last_run_id);
END;

-- Whom no run counts as removed, none counts as back.
DROP TRIGGER removal_rejoined;
CREATE TRIGGER removal_rejoined AFTER UPDATE OF rejoined_at ON removal
  WHEN old.rejoined_at IS NULL AND new.rejoined_at IS NOT NULL AND new.certain = 1 BEGIN
  UPDATE policy_outcome SET rejoined = rejoined + 1 WHERE policy = (SELECT policy FROM run WHERE id = new.run_id);
END;
