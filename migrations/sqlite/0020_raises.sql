-- A run that sets a limit: from which to which, by whose word (as the mode of a run that removes somebody would be),
-- and when its call was sent. NULL and '' in all others.
ALTER TABLE run ADD COLUMN raise_from INTEGER;
ALTER TABLE run ADD COLUMN raise_to INTEGER;
ALTER TABLE run ADD COLUMN raise_as TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN raise_sent_at INTEGER;
CREATE INDEX run_raise_sent ON run (raise_sent_at) WHERE raise_sent_at IS NOT NULL;

-- The limit that headroom has set last, and whether the last plan found that it can not be raised far enough.
ALTER TABLE chat_group ADD COLUMN raised_to INTEGER;
ALTER TABLE chat_group ADD COLUMN at_ceiling INTEGER NOT NULL DEFAULT 0 CHECK (at_ceiling IN (0, 1));
INSERT INTO group_counter (name, value) VALUES ('at_ceiling', 0);
CREATE TRIGGER chat_group_at_ceiling AFTER UPDATE OF at_ceiling ON chat_group WHEN old.at_ceiling <> new.at_ceiling BEGIN
  UPDATE group_counter SET value = value + new.at_ceiling - old.at_ceiling WHERE name = 'at_ceiling';
END;
CREATE TRIGGER chat_group_at_ceiling_inserted AFTER INSERT ON chat_group WHEN new.at_ceiling = 1 BEGIN
  UPDATE group_counter SET value = value + 1 WHERE name = 'at_ceiling';
END;
CREATE TRIGGER chat_group_at_ceiling_deleted AFTER DELETE ON chat_group WHEN old.at_ceiling = 1 BEGIN
  UPDATE group_counter SET value = value - 1 WHERE name = 'at_ceiling';
END;

-- Ceilings that Chat has shown: of one group, or of a type.
CREATE TABLE learned_ceiling (
  of_type    INTEGER NOT NULL CHECK (of_type IN (0, 1)),
  subject    TEXT NOT NULL,
  ceiling    INTEGER NOT NULL,
  learned_at INTEGER NOT NULL,
  PRIMARY KEY (of_type, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX learned_ceiling_learned ON learned_ceiling (learned_at);
CREATE TRIGGER ceiling_forgotten AFTER DELETE ON chat_group BEGIN
  DELETE FROM learned_ceiling WHERE of_type = 0 AND subject = old.group_id;
END;
