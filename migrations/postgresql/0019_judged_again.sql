-- What it takes to judge a member of a run once more, by another policy.
ALTER TABLE run_member ADD COLUMN judged_at bigint;
ALTER TABLE run_member ADD COLUMN exempt boolean NOT NULL DEFAULT false;
ALTER TABLE run_member ADD COLUMN returned_at bigint;
ALTER TABLE run_member ADD COLUMN restored_at bigint;
ALTER TABLE run_member ADD COLUMN moved_at bigint;
ALTER TABLE run_member ADD COLUMN first_offline boolean NOT NULL DEFAULT false;

-- Who came back by themselves, of a group.
CREATE INDEX removal_rejoined ON removal (group_id, account) WHERE rejoined_at IS NOT NULL;
