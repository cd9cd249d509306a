-- A run that sets a limit: from which to which, by whose word (as the mode of a run that removes somebody would be),
-- and when its call was sent. NULL and '' in all others.
ALTER TABLE run ADD COLUMN raise_from bigint;
ALTER TABLE run ADD COLUMN raise_to bigint;
ALTER TABLE run ADD COLUMN raise_as text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN raise_sent_at bigint;
CREATE INDEX run_raise_sent ON run (raise_sent_at) WHERE raise_sent_at IS NOT NULL;

-- The limit that headroom has set last, and whether the last plan found that it can not be raised far enough.
ALTER TABLE chat_group ADD COLUMN raised_to bigint;
ALTER TABLE chat_group ADD COLUMN at_ceiling boolean NOT NULL DEFAULT false;
INSERT INTO group_counter (name, value) VALUES ('at_ceiling', 0);

CREATE FUNCTION chat_group_at_ceiling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND old.at_ceiling THEN PERFORM count_groups('at_ceiling', -1); END IF;
  IF TG_OP <> 'DELETE' AND new.at_ceiling THEN PERFORM count_groups('at_ceiling', 1); END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER chat_group_at_ceiling AFTER UPDATE OF at_ceiling ON chat_group
  FOR EACH ROW WHEN (old.at_ceiling <> new.at_ceiling) EXECUTE FUNCTION chat_group_at_ceiling();
CREATE TRIGGER chat_group_at_ceiling_come_or_gone AFTER INSERT OR DELETE ON chat_group
  FOR EACH ROW EXECUTE FUNCTION chat_group_at_ceiling();

-- Ceilings that Chat has shown: of one group, or of a type.
CREATE TABLE learned_ceiling (
  of_type    boolean NOT NULL,
  subject    text COLLATE "C" NOT NULL,
  ceiling    bigint NOT NULL,
  learned_at bigint NOT NULL,
  PRIMARY KEY (of_type, subject)
);
CREATE INDEX learned_ceiling_learned ON learned_ceiling (learned_at);

CREATE FUNCTION ceiling_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM learned_ceiling WHERE NOT of_type AND subject = old.group_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER ceiling_forgotten AFTER DELETE ON chat_group FOR EACH ROW EXECUTE FUNCTION ceiling_forgotten();
