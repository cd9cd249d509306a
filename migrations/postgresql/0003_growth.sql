-- What is asked often must cost the same however much is stored.

-- A repeat has the event time of the event that it repeats. With the time first, new entries go to the end of the index.
CREATE UNIQUE INDEX event_repeat ON event (event_time, fingerprint) WHERE fingerprint IS NOT NULL;

-- Groups that Chat confirmed are looked at before those that only webhooks, which anybody may forge, know of.
CREATE INDEX chat_group_due ON chat_group (next_check_at, id)
  WHERE next_check_at IS NOT NULL AND observed_at IS NOT NULL;
CREATE INDEX chat_group_due_unconfirmed ON chat_group (next_check_at, id)
  WHERE next_check_at IS NOT NULL AND observed_at IS NULL;

-- How many there are of what, by the minute and by the hour (span, in ms; slot = time / span), and in all (span 0).
--   full           groups in `full`, by full_since         due      groups, by next_check_at
--   event          full-group events, by received_at       removal  members sent to delete, by sent_at
--   run_<state>    runs, by created_at                     filled   groups that became full, by full_since: hours only
-- A number up to some moment is a few of these and a count within one minute. Hours are kept, also when what they count
-- has been forgotten; the minutes of what has happened only as long as the last day is asked for. Events are counted by
-- the store, once per transaction; the rest by triggers.
CREATE TABLE tally (
  what  text COLLATE "C" NOT NULL,
  span  bigint NOT NULL CHECK (span IN (0, 60000, 3600000)),
  slot  bigint NOT NULL,
  value bigint NOT NULL CHECK (value >= 0),
  PRIMARY KEY (what, span, slot)
);

-- One more of it. Nothing at a time that is none.
CREATE FUNCTION tally_up(of_what text, of_span bigint, at bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO tally AS t (what, span, slot, value)
    SELECT of_what, of_span, CASE of_span WHEN 0 THEN 0 ELSE at / of_span END, 1 WHERE at IS NOT NULL
    ON CONFLICT (what, span, slot) DO UPDATE SET value = t.value + 1;
$$;

-- One less. The minutes of long ago are not there any more, and a row of none need not stay.
CREATE FUNCTION tally_down(of_what text, of_span bigint, at bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE tally SET value = greatest(value - 1, 0)
    WHERE what = of_what AND span = of_span AND slot = CASE of_span WHEN 0 THEN 0 ELSE at / of_span END
    AND at IS NOT NULL;
  DELETE FROM tally WHERE of_what IN ('full', 'due') AND of_span > 0 AND what = of_what AND span = of_span
    AND slot = at / nullif(of_span, 0) AND value = 0;
$$;

CREATE FUNCTION chat_group_tallied() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_span bigint;
  was_full bigint;
  is_full bigint;
  was_due bigint;
  is_due bigint;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    was_full := CASE old.state WHEN 'full' THEN old.full_since END;
    was_due := old.next_check_at;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    is_full := CASE new.state WHEN 'full' THEN new.full_since END;
    is_due := new.next_check_at;
    IF new.full_since IS NOT NULL AND (TG_OP = 'INSERT' OR old.full_since IS NULL) THEN
      PERFORM tally_up('filled', 3600000, new.full_since);
    END IF;
  END IF;
  FOREACH of_span IN ARRAY ARRAY[0, 60000, 3600000] LOOP
    IF was_full IS DISTINCT FROM is_full THEN
      PERFORM tally_down('full', of_span, was_full);
      PERFORM tally_up('full', of_span, is_full);
    END IF;
    IF was_due IS DISTINCT FROM is_due THEN
      PERFORM tally_down('due', of_span, was_due);
      PERFORM tally_up('due', of_span, is_due);
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;
CREATE TRIGGER chat_group_tallied AFTER INSERT OR DELETE OR UPDATE OF state, full_since, next_check_at ON chat_group
  FOR EACH ROW EXECUTE FUNCTION chat_group_tallied();

CREATE FUNCTION run_tallied() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_span bigint;
BEGIN
  FOREACH of_span IN ARRAY ARRAY[0, 60000, 3600000] LOOP
    IF TG_OP = 'UPDATE' THEN PERFORM tally_down('run_' || old.state, of_span, old.created_at); END IF;
    PERFORM tally_up('run_' || new.state, of_span, new.created_at);
  END LOOP;
  RETURN NULL;
END
$$;
CREATE TRIGGER run_tallied AFTER INSERT ON run FOR EACH ROW EXECUTE FUNCTION run_tallied();
CREATE TRIGGER run_moved AFTER UPDATE OF state ON run
  FOR EACH ROW WHEN (old.state <> new.state) EXECUTE FUNCTION run_tallied();

CREATE FUNCTION removal_tallied() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_span bigint;
BEGIN
  IF (SELECT mode FROM run WHERE id = new.run_id) = 'restore' THEN RETURN NULL; END IF;
  FOREACH of_span IN ARRAY ARRAY[60000, 3600000] LOOP
    IF TG_OP = 'UPDATE' THEN PERFORM tally_down('removal', of_span, old.sent_at); END IF;
    PERFORM tally_up('removal', of_span, new.sent_at);
  END LOOP;
  RETURN NULL;
END
$$;
CREATE TRIGGER removal_tallied AFTER INSERT ON run_member
  FOR EACH ROW WHEN (new.sent_at IS NOT NULL) EXECUTE FUNCTION removal_tallied();
CREATE TRIGGER removal_sent AFTER UPDATE OF sent_at ON run_member
  FOR EACH ROW WHEN (old.sent_at IS DISTINCT FROM new.sent_at) EXECUTE FUNCTION removal_tallied();

CREATE FUNCTION tally_minutes_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM tally WHERE what = new.what AND span = 60000 AND slot < (new.slot - 25) * 60;
  RETURN NULL;
END
$$;
CREATE TRIGGER tally_minutes_over AFTER INSERT ON tally
  FOR EACH ROW WHEN (new.span = 3600000 AND new.what NOT IN ('full', 'due', 'filled'))
  EXECUTE FUNCTION tally_minutes_over();
