-- Groups that fill up, as sweeps saw them: their points, one a day, in one row a group (days and differences; see
-- growth_points.h), and what follows from them. Days are those of UTC since 1970-01-01.
CREATE TABLE group_growth (
  id               INTEGER PRIMARY KEY,
  group_id         TEXT NOT NULL UNIQUE,
  type             TEXT NOT NULL,
  name             TEXT NOT NULL,
  seen_at          INTEGER NOT NULL CHECK (seen_at >= 0),
  points           BLOB NOT NULL,
  full_on          INTEGER,  -- of the forecast, as what follows; NULL: there is none
  soonest          INTEGER,
  latest           INTEGER,
  members_per_week INTEGER
) STRICT;

CREATE INDEX group_growth_full_on ON group_growth (full_on) WHERE full_on IS NOT NULL;
CREATE INDEX group_growth_seen ON group_growth (seen_at);
CREATE INDEX group_growth_forecast_seen ON group_growth (seen_at) WHERE full_on IS NOT NULL;

-- How many groups will be full on which day: nothing counts rows.
CREATE TABLE filling_day (
  day   INTEGER PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;

CREATE TRIGGER growth_begun AFTER INSERT ON group_growth WHEN new.full_on IS NOT NULL BEGIN
  INSERT INTO filling_day (day, value) VALUES (new.full_on, 1) ON CONFLICT (day) DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER growth_moved AFTER UPDATE OF full_on ON group_growth WHEN new.full_on IS NOT old.full_on BEGIN
  UPDATE filling_day SET value = value - 1 WHERE day = old.full_on;
  DELETE FROM filling_day WHERE day = old.full_on AND value = 0;
  INSERT INTO filling_day (day, value) SELECT new.full_on, 1 WHERE new.full_on IS NOT NULL
    ON CONFLICT (day) DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER growth_forgotten AFTER DELETE ON group_growth WHEN old.full_on IS NOT NULL BEGIN
  UPDATE filling_day SET value = value - 1 WHERE day = old.full_on;
  DELETE FROM filling_day WHERE day = old.full_on AND value = 0;
END;
