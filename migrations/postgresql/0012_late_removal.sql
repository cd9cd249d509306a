-- Members who were sent to delete and whom nobody saw gone: the call may be carried out late. Who is there again then,
-- with a newer JoinTime, was removed by it and came back. certain = false: only such a JoinTime says that they were
-- removed.
ALTER TABLE removal ADD COLUMN certain boolean NOT NULL DEFAULT true;

CREATE FUNCTION run_member_settled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_run run;
BEGIN
  SELECT * INTO of_run FROM run WHERE id = new.run_id;
  IF new.outcome = 'removed' AND old.outcome <> 'removed' THEN
    INSERT INTO removal (group_id, account, run_id, joined_at_s)
      VALUES (of_run.group_id, new.account, new.run_id, new.joined_at_s)
      ON CONFLICT (group_id, account) DO UPDATE
        SET run_id = excluded.run_id, joined_at_s = excluded.joined_at_s, restored_at = NULL, rejoined_at = NULL,
            back_at = NULL, certain = true;
    INSERT INTO policy_outcome AS o (policy, removed, rejoined, last_run_id) VALUES (of_run.policy, 1, 0, of_run.id)
      ON CONFLICT (digest_of(policy)) DO UPDATE
        SET removed = o.removed + 1, last_run_id = greatest(o.last_run_id, excluded.last_run_id);
  ELSIF new.outcome IN ('unknown', 'still_member', 'error') AND new.outcome <> old.outcome
    AND new.sent_at IS NOT NULL THEN
    INSERT INTO removal AS r (group_id, account, run_id, joined_at_s, certain)
      VALUES (of_run.group_id, new.account, new.run_id, new.joined_at_s, false)
      ON CONFLICT (group_id, account) DO UPDATE SET run_id = excluded.run_id, joined_at_s = excluded.joined_at_s
        WHERE NOT r.certain AND r.rejoined_at IS NULL;
  ELSIF new.outcome IN ('restored', 'pending') THEN
    -- One who was only invited ('pending') is not there yet.
    UPDATE removal SET restored_at = new.sent_at,
                       back_at = CASE new.outcome WHEN 'restored' THEN coalesce(back_at, new.sent_at) ELSE back_at END
      WHERE group_id = of_run.group_id AND account = new.account;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER run_member_settled AFTER UPDATE OF outcome ON run_member
  FOR EACH ROW EXECUTE FUNCTION run_member_settled();

-- Whom no run counts as removed, none counts as back.
CREATE FUNCTION removal_rejoined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE policy_outcome SET rejoined = rejoined + 1
    WHERE digest_of(policy) = (SELECT digest_of(policy) FROM run WHERE id = new.run_id);
  RETURN NULL;
END
$$;
CREATE TRIGGER removal_rejoined AFTER UPDATE OF rejoined_at ON removal
  FOR EACH ROW WHEN (old.rejoined_at IS NULL AND new.rejoined_at IS NOT NULL AND new.certain)
  EXECUTE FUNCTION removal_rejoined();
