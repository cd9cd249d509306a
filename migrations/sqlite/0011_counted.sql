-- How many groups are blocked for which reason, as a tally (span 0): what='blocked_<reason>'.
INSERT INTO tally (what, span, slot, value)
  SELECT 'blocked_' || reason, 0, 0, count(*) FROM chat_group WHERE state = 'blocked' GROUP BY 1;

CREATE TRIGGER blocked_new AFTER INSERT ON chat_group WHEN new.state = 'blocked' BEGIN
  INSERT INTO tally (what, span, slot, value) VALUES ('blocked_' || new.reason, 0, 0, 1)
    ON CONFLICT DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER blocked_dropped AFTER DELETE ON chat_group WHEN old.state = 'blocked' BEGIN
  UPDATE tally SET value = max(value - 1, 0) WHERE what = 'blocked_' || old.reason AND span = 0 AND slot = 0;
END;

CREATE TRIGGER blocked_moved AFTER UPDATE OF state, reason ON chat_group
  WHEN (old.state = 'blocked' OR new.state = 'blocked') AND (old.state <> new.state OR old.reason <> new.reason) BEGIN
  UPDATE tally SET value = max(value - 1, 0)
    WHERE old.state = 'blocked' AND what = 'blocked_' || old.reason AND span = 0 AND slot = 0;
  INSERT INTO tally (what, span, slot, value)
    SELECT 'blocked_' || new.reason, 0, 0, 1 WHERE new.state = 'blocked'
    ON CONFLICT DO UPDATE SET value = value + 1;
END;

-- When a sweep was last finished.
CREATE INDEX sweep_finished ON sweep (finished_at) WHERE state = 'finished';
