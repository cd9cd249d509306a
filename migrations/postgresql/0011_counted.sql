-- How many groups are blocked for which reason, as a tally (span 0): what='blocked_<reason>'.
CREATE FUNCTION blocked_tallied() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was text;
  now_is text;
BEGIN
  IF TG_OP <> 'INSERT' THEN was := CASE old.state WHEN 'blocked' THEN 'blocked_' || old.reason END; END IF;
  IF TG_OP <> 'DELETE' THEN now_is := CASE new.state WHEN 'blocked' THEN 'blocked_' || new.reason END; END IF;
  IF was IS DISTINCT FROM now_is THEN
    IF was IS NOT NULL THEN PERFORM tally_down(was, 0, 0); END IF;
    IF now_is IS NOT NULL THEN PERFORM tally_up(now_is, 0, 0); END IF;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER blocked_tallied AFTER INSERT OR DELETE OR UPDATE OF state, reason ON chat_group
  FOR EACH ROW EXECUTE FUNCTION blocked_tallied();

-- When a sweep was last finished.
CREATE INDEX sweep_finished ON sweep (finished_at) WHERE state = 'finished';
