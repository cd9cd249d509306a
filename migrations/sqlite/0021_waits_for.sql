-- Why a plan waits for a person: 'mode', 'first_share' (its group's first listing above that), 'jump'; '' in all others.
ALTER TABLE run ADD COLUMN waits_for TEXT NOT NULL DEFAULT '' CHECK (waits_for IN ('', 'mode', 'first_share', 'jump'));

-- Those that wait now. A listing below the share settles it for the group, and so does one of mode plan that is a day
-- old; a policy whose share is 100 % stores none, and what is left is a jump.
UPDATE run SET waits_for = CASE
    WHEN mode = 'approve' OR raise_as = 'approve' THEN 'mode'
    WHEN instr(policy, '"first_share"') > 0 AND EXISTS (
      SELECT 1 FROM chat_group AS g WHERE g.group_id = run.group_id AND g.share_settled = 0
      AND (g.first_planned_at IS NULL OR g.first_planned_at > run.created_at - 86400000)) THEN 'first_share'
    ELSE 'jump' END
  WHERE state = 'awaiting_approval';
