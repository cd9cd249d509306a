-- What a later plan has to remember of members who may go: what the first look at them saw, and who was seen to read.
CREATE TABLE first_look (
  group_id text COLLATE "C" NOT NULL,
  account  text COLLATE "C" NOT NULL,
  seen_at  bigint NOT NULL,
  msg_seq  bigint NOT NULL,
  offline  boolean NOT NULL,
  moved_at bigint,            -- when a look last saw msg_seq move
  noted_at bigint NOT NULL,   -- by the newest plan that wrote it
  PRIMARY KEY (group_id, account)
);
CREATE INDEX first_look_noted ON first_look (noted_at);

CREATE FUNCTION first_look_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM first_look WHERE group_id = old.group_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER first_look_forgotten AFTER DELETE ON chat_group FOR EACH ROW EXECUTE FUNCTION first_look_forgotten();

ALTER TABLE chat_group ADD COLUMN made_room_at bigint;
ALTER TABLE chat_group ADD COLUMN cooldown_doublings bigint NOT NULL DEFAULT 0;
ALTER TABLE chat_group ADD COLUMN share_settled boolean NOT NULL DEFAULT false;
ALTER TABLE chat_group ADD COLUMN first_planned_at bigint;
ALTER TABLE chat_group ADD COLUMN silent boolean NOT NULL DEFAULT false;

-- What a run judged by: JSON; NULL where nobody was listed.
ALTER TABLE run ADD COLUMN evidence text COLLATE "C";
ALTER TABLE run_member ADD COLUMN role text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE run_member ADD COLUMN unread bigint;
ALTER TABLE run_member ADD COLUMN presence text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE run_member ADD COLUMN muted boolean NOT NULL DEFAULT false;
ALTER TABLE run_member ADD COLUMN first_seen_at bigint;
ALTER TABLE run_member ADD COLUMN seen_again_at bigint;
