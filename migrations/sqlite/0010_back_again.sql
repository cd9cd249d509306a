-- The limit that cut members out of a plan who were removable and wanted; '' when none did, and in older runs.
ALTER TABLE run ADD COLUMN limited_by TEXT NOT NULL DEFAULT '';

-- Since when it is known that the member was in the group again after the removal, whatever brought it there. A restore
-- leaves out who is outside once more: that was their own doing.
ALTER TABLE removal ADD COLUMN back_at INTEGER;
UPDATE removal SET back_at = rejoined_at WHERE rejoined_at IS NOT NULL;

DROP TRIGGER run_member_removed;
CREATE TRIGGER run_member_removed AFTER UPDATE OF outcome ON run_member
  WHEN new.outcome = 'removed' AND old.outcome <> 'removed' BEGIN
  INSERT INTO removal (group_id, account, run_id, joined_at_s)
    SELECT group_id, new.account, new.run_id, new.joined_at_s FROM run WHERE id = new.run_id
    ON CONFLICT (group_id, account) DO UPDATE SET run_id = excluded.run_id, joined_at_s = excluded.joined_at_s,
                                                  restored_at = NULL, rejoined_at = NULL, back_at = NULL;
  INSERT INTO policy_outcome (policy, removed, rejoined, last_run_id)
    SELECT policy, 1, 0, id FROM run WHERE id = new.run_id
    ON CONFLICT (policy) DO UPDATE SET removed = removed + 1, last_run_id = max(last_run_id, excluded.last_run_id);
END;

-- One who was only invited ('pending') is not there yet.
DROP TRIGGER run_member_restored;
CREATE TRIGGER run_member_restored AFTER UPDATE OF outcome ON run_member
  WHEN new.outcome IN ('restored', 'pending') BEGIN
  UPDATE removal SET restored_at = new.sent_at,
                     back_at = iif(new.outcome = 'restored', coalesce(back_at, new.sent_at), back_at)
    WHERE group_id = (SELECT group_id FROM run WHERE id = new.run_id) AND account = new.account;
END;
