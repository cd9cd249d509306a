-- An operator's word that a run need not wait for the calendar.
ALTER TABLE run ADD COLUMN forced boolean NOT NULL DEFAULT false;

-- Runs that may keep something of the daily limits for themselves: while the calendar is closed, many are running that
-- wait for it and keep nothing.
CREATE INDEX run_reserving ON run (state) WHERE state = 'running' AND reason <> 'closed';
