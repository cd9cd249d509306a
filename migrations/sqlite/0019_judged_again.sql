-- What it takes to judge a member of a run once more, by another policy. NULL judged_at: a row of before, which has none
-- of it.
ALTER TABLE run_member ADD COLUMN judged_at INTEGER;
ALTER TABLE run_member ADD COLUMN exempt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run_member ADD COLUMN returned_at INTEGER;
ALTER TABLE run_member ADD COLUMN restored_at INTEGER;
ALTER TABLE run_member ADD COLUMN moved_at INTEGER;
ALTER TABLE run_member ADD COLUMN first_offline INTEGER NOT NULL DEFAULT 0;

-- Who came back by themselves, of a group.
CREATE INDEX removal_rejoined ON removal (group_id, account) WHERE rejoined_at IS NOT NULL;
