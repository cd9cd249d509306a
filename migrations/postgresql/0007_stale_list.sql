-- A list of the stale groups walks the full ones by id and passes over those that are not stale yet: without reading
-- each of their rows.
CREATE INDEX chat_group_state ON chat_group (state, id, full_since);
