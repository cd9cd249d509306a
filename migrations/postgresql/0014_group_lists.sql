-- The groups in other orders than that of their ids, each for the groups of one state; a list of several states merges
-- them. Groups that only webhooks know have no counts.
CREATE INDEX chat_group_fullest ON chat_group (state, (member_count * 1000000000 / nullif(max_member_count, 0)), id)
  WHERE member_count IS NOT NULL;
-- Beside chat_group_full_since, which has those in `full`.
CREATE INDEX chat_group_oldest ON chat_group (state, full_since, id) WHERE full_since IS NOT NULL AND state <> 'full';
CREATE INDEX chat_group_refused ON chat_group (state, full_events, id);
CREATE INDEX chat_group_reason ON chat_group (reason, id) WHERE reason <> '';

-- Of full events beyond full_events, which an index has now: by far the most webhooks are of groups that are known to be
-- full, and are not to move an entry of an index each. What is counted here goes over there when anything else about the
-- group changes, and when their sum has grown by an eighth.
ALTER TABLE chat_group ADD COLUMN full_events_more bigint NOT NULL DEFAULT 0;
