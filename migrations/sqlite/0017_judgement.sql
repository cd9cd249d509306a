-- What a later plan has to remember of members who may go: what the first look at them saw, and who was seen to read.
CREATE TABLE first_look (
  group_id TEXT NOT NULL,
  account  TEXT NOT NULL,
  seen_at  INTEGER NOT NULL,
  msg_seq  INTEGER NOT NULL,
  offline  INTEGER NOT NULL CHECK (offline IN (0, 1)),
  moved_at INTEGER,            -- when a look last saw msg_seq move
  noted_at INTEGER NOT NULL,   -- by the newest plan that wrote it
  PRIMARY KEY (group_id, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX first_look_noted ON first_look (noted_at);
CREATE TRIGGER first_look_forgotten AFTER DELETE ON chat_group BEGIN
  DELETE FROM first_look WHERE group_id = old.group_id;
END;

ALTER TABLE chat_group ADD COLUMN made_room_at INTEGER;
ALTER TABLE chat_group ADD COLUMN cooldown_doublings INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chat_group ADD COLUMN share_settled INTEGER NOT NULL DEFAULT 0 CHECK (share_settled IN (0, 1));
ALTER TABLE chat_group ADD COLUMN first_planned_at INTEGER;
ALTER TABLE chat_group ADD COLUMN silent INTEGER NOT NULL DEFAULT 0 CHECK (silent IN (0, 1));
-- Somebody has let headroom remove members of these.
UPDATE chat_group SET share_settled = 1 WHERE group_id IN (SELECT group_id FROM run WHERE removed > 0);

-- What a run judged by: JSON; NULL in older runs, and where nobody was listed.
ALTER TABLE run ADD COLUMN evidence TEXT;
ALTER TABLE run_member ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE run_member ADD COLUMN unread INTEGER;
ALTER TABLE run_member ADD COLUMN presence TEXT NOT NULL DEFAULT '';
ALTER TABLE run_member ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run_member ADD COLUMN first_seen_at INTEGER;
ALTER TABLE run_member ADD COLUMN seen_again_at INTEGER;
