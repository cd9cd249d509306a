-- What is asked often must cost the same however large the file is.

-- A repeat has the event time of the event that it repeats. With the time first, new entries go to the end of the
-- index, which is in memory, and not to a random page of it.
DROP INDEX event_fingerprint;
CREATE UNIQUE INDEX event_repeat ON event (event_time, fingerprint) WHERE fingerprint IS NOT NULL;

-- Groups that Chat confirmed are looked at before those that only webhooks, which anybody may forge, know of.
DROP INDEX chat_group_due;
CREATE INDEX chat_group_due ON chat_group (next_check_at)
  WHERE next_check_at IS NOT NULL AND observed_at IS NOT NULL;
CREATE INDEX chat_group_due_unconfirmed ON chat_group (next_check_at)
  WHERE next_check_at IS NOT NULL AND observed_at IS NULL;

-- How many there are of what, by the minute and by the hour (span, in ms; slot = time / span), and in all (span 0).
--   full           groups in `full`, by full_since         due      groups, by next_check_at
--   event          full-group events, by received_at       removal  members sent to delete, by sent_at
--   run_<state>    runs, by created_at                     filled   groups that became full, by full_since: hours only
-- A number up to some moment is a few of these and a count within one minute. Hours are kept, also when what they count
-- has been forgotten; the minutes of what has happened only as long as the last day is asked for. Events are counted by
-- the writer, once per transaction; the rest, which is rare beside them, by triggers.
CREATE TABLE tally (
  what  TEXT NOT NULL,
  span  INTEGER NOT NULL CHECK (span IN (0, 60000, 3600000)),
  slot  INTEGER NOT NULL,
  value INTEGER NOT NULL CHECK (value >= 0),
  PRIMARY KEY (what, span, slot)
) STRICT, WITHOUT ROWID;

-- What is there already.
INSERT INTO tally (what, span, slot, value)
  SELECT 'full', 0, 0, count(*) FROM chat_group WHERE state = 'full' AND full_since IS NOT NULL
  UNION ALL SELECT 'full', 60000, full_since / 60000, count(*) FROM chat_group
    WHERE state = 'full' AND full_since IS NOT NULL GROUP BY 3
  UNION ALL SELECT 'full', 3600000, full_since / 3600000, count(*) FROM chat_group
    WHERE state = 'full' AND full_since IS NOT NULL GROUP BY 3
  UNION ALL SELECT 'due', 0, 0, count(*) FROM chat_group WHERE next_check_at IS NOT NULL
  UNION ALL SELECT 'due', 60000, next_check_at / 60000, count(*) FROM chat_group
    WHERE next_check_at IS NOT NULL GROUP BY 3
  UNION ALL SELECT 'due', 3600000, next_check_at / 3600000, count(*) FROM chat_group
    WHERE next_check_at IS NOT NULL GROUP BY 3
  UNION ALL SELECT 'event', 60000, received_at / 60000, count(*) FROM event
    WHERE received_at >= (SELECT max(received_at) / 3600000 - 25 FROM event) * 3600000 GROUP BY 3
  UNION ALL SELECT 'event', 3600000, received_at / 3600000, count(*) FROM event GROUP BY 3
  UNION ALL SELECT 'filled', 3600000, full_since / 3600000, count(*) FROM chat_group
    WHERE full_since IS NOT NULL GROUP BY 3
  UNION ALL SELECT 'run_' || state, 0, 0, count(*) FROM run GROUP BY 1
  UNION ALL SELECT 'run_' || state, 60000, created_at / 60000, count(*) FROM run GROUP BY 1, 3
  UNION ALL SELECT 'run_' || state, 3600000, created_at / 3600000, count(*) FROM run GROUP BY 1, 3
  UNION ALL SELECT 'removal', 60000, sent_at / 60000, count(*) FROM run_member JOIN run ON run.id = run_id
    WHERE sent_at IS NOT NULL AND mode <> 'restore' GROUP BY 3
  UNION ALL SELECT 'removal', 3600000, sent_at / 3600000, count(*) FROM run_member JOIN run ON run.id = run_id
    WHERE sent_at IS NOT NULL AND mode <> 'restore' GROUP BY 3;

-- By the writer, too: see event_span.
DROP TRIGGER event_spanned;

CREATE TRIGGER filled_new AFTER INSERT ON chat_group WHEN new.full_since IS NOT NULL BEGIN
  INSERT INTO tally (what, span, slot, value) VALUES ('filled', 3600000, new.full_since / 3600000, 1)
    ON CONFLICT DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER filled_again AFTER UPDATE OF full_since ON chat_group
  WHEN old.full_since IS NULL AND new.full_since IS NOT NULL BEGIN
  INSERT INTO tally (what, span, slot, value) VALUES ('filled', 3600000, new.full_since / 3600000, 1)
    ON CONFLICT DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER full_tallied AFTER INSERT ON chat_group WHEN new.state = 'full' AND new.full_since IS NOT NULL BEGIN
  INSERT INTO tally (what, span, slot, value)
    VALUES ('full', 0, 0, 1), ('full', 60000, new.full_since / 60000, 1), ('full', 3600000, new.full_since / 3600000, 1)
    ON CONFLICT DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER full_dropped AFTER DELETE ON chat_group WHEN old.state = 'full' AND old.full_since IS NOT NULL BEGIN
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'full' AND span = 0 AND slot = 0;
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'full' AND span = 60000 AND slot = old.full_since / 60000;
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'full' AND span = 3600000 AND slot = old.full_since / 3600000;
  DELETE FROM tally WHERE what = 'full' AND span = 60000 AND slot = old.full_since / 60000 AND value = 0;
  DELETE FROM tally WHERE what = 'full' AND span = 3600000 AND slot = old.full_since / 3600000 AND value = 0;
END;

CREATE TRIGGER full_entered AFTER UPDATE OF state, full_since ON chat_group
  WHEN new.state = 'full' AND new.full_since IS NOT NULL
  AND (old.state <> new.state OR old.full_since IS NOT new.full_since) BEGIN
  INSERT INTO tally (what, span, slot, value)
    VALUES ('full', 0, 0, 1), ('full', 60000, new.full_since / 60000, 1), ('full', 3600000, new.full_since / 3600000, 1)
    ON CONFLICT DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER full_left AFTER UPDATE OF state, full_since ON chat_group
  WHEN old.state = 'full' AND old.full_since IS NOT NULL
  AND (old.state <> new.state OR old.full_since IS NOT new.full_since) BEGIN
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'full' AND span = 0 AND slot = 0;
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'full' AND span = 60000 AND slot = old.full_since / 60000;
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'full' AND span = 3600000 AND slot = old.full_since / 3600000;
  DELETE FROM tally WHERE what = 'full' AND span = 60000 AND slot = old.full_since / 60000 AND value = 0;
  DELETE FROM tally WHERE what = 'full' AND span = 3600000 AND slot = old.full_since / 3600000 AND value = 0;
END;

CREATE TRIGGER due_tallied AFTER INSERT ON chat_group WHEN new.next_check_at IS NOT NULL BEGIN
  INSERT INTO tally (what, span, slot, value)
    VALUES ('due', 0, 0, 1),
           ('due', 60000, new.next_check_at / 60000, 1),
           ('due', 3600000, new.next_check_at / 3600000, 1)
    ON CONFLICT DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER due_dropped AFTER DELETE ON chat_group WHEN old.next_check_at IS NOT NULL BEGIN
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'due' AND span = 0 AND slot = 0;
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'due' AND span = 60000 AND slot = old.next_check_at / 60000;
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'due' AND span = 3600000
    AND slot = old.next_check_at / 3600000;
  DELETE FROM tally WHERE what = 'due' AND span = 60000 AND slot = old.next_check_at / 60000 AND value = 0;
  DELETE FROM tally WHERE what = 'due' AND span = 3600000 AND slot = old.next_check_at / 3600000 AND value = 0;
END;

CREATE TRIGGER due_entered AFTER UPDATE OF next_check_at ON chat_group
  WHEN new.next_check_at IS NOT NULL
  AND old.next_check_at IS NOT new.next_check_at BEGIN
  INSERT INTO tally (what, span, slot, value)
    VALUES ('due', 0, 0, 1),
           ('due', 60000, new.next_check_at / 60000, 1),
           ('due', 3600000, new.next_check_at / 3600000, 1)
    ON CONFLICT DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER due_left AFTER UPDATE OF next_check_at ON chat_group
  WHEN old.next_check_at IS NOT NULL
  AND old.next_check_at IS NOT new.next_check_at BEGIN
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'due' AND span = 0 AND slot = 0;
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'due' AND span = 60000 AND slot = old.next_check_at / 60000;
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'due' AND span = 3600000
    AND slot = old.next_check_at / 3600000;
  DELETE FROM tally WHERE what = 'due' AND span = 60000 AND slot = old.next_check_at / 60000 AND value = 0;
  DELETE FROM tally WHERE what = 'due' AND span = 3600000 AND slot = old.next_check_at / 3600000 AND value = 0;
END;

CREATE TRIGGER run_tallied AFTER INSERT ON run BEGIN
  INSERT INTO tally (what, span, slot, value)
    VALUES ('run_' || new.state, 0, 0, 1),
           ('run_' || new.state, 60000, new.created_at / 60000, 1),
           ('run_' || new.state, 3600000, new.created_at / 3600000, 1)
    ON CONFLICT DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER run_moved AFTER UPDATE OF state ON run WHEN old.state <> new.state BEGIN
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'run_' || old.state AND span = 0 AND slot = 0;
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'run_' || old.state AND span = 60000
    AND slot = old.created_at / 60000;
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'run_' || old.state AND span = 3600000
    AND slot = old.created_at / 3600000;
  INSERT INTO tally (what, span, slot, value)
    VALUES ('run_' || new.state, 0, 0, 1),
           ('run_' || new.state, 60000, new.created_at / 60000, 1),
           ('run_' || new.state, 3600000, new.created_at / 3600000, 1)
    ON CONFLICT DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER removal_tallied AFTER INSERT ON run_member
  WHEN new.sent_at IS NOT NULL AND (SELECT mode FROM run WHERE id = new.run_id) <> 'restore' BEGIN
  INSERT INTO tally (what, span, slot, value)
    VALUES ('removal', 60000, new.sent_at / 60000, 1), ('removal', 3600000, new.sent_at / 3600000, 1)
    ON CONFLICT DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER removal_sent AFTER UPDATE OF sent_at ON run_member
  WHEN old.sent_at IS NOT new.sent_at AND (SELECT mode FROM run WHERE id = new.run_id) <> 'restore' BEGIN
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'removal' AND span = 60000 AND slot = old.sent_at / 60000;
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'removal' AND span = 3600000 AND slot = old.sent_at / 3600000;
  INSERT INTO tally (what, span, slot, value)
    SELECT 'removal', column1, new.sent_at / column1, 1 FROM (VALUES (60000), (3600000)) WHERE new.sent_at IS NOT NULL
    ON CONFLICT DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER tally_minutes_over AFTER INSERT ON tally
  WHEN new.span = 3600000 AND new.what NOT IN ('full', 'due', 'filled') BEGIN
  DELETE FROM tally WHERE what = new.what AND span = 60000 AND slot < (new.slot - 25) * 60;
END;
