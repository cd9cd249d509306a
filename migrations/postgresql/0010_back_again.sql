-- A run that nobody could close: how often it was looked at in vain, and over what time (ms, of the machine's
-- monotonic clock). It means to send nothing more, and reserves nothing. NULL: it is not in doubt.
ALTER TABLE run ADD COLUMN doubt_looks bigint;
ALTER TABLE run ADD COLUMN doubt_ms bigint NOT NULL DEFAULT 0;
-- The limit that cut members out of a plan who were removable and wanted; '' when none did.
ALTER TABLE run ADD COLUMN limited_by text COLLATE "C" NOT NULL DEFAULT '';

-- Since when it is known that the member was in the group again after the removal, whatever brought it there. A restore
-- leaves out who is outside once more: that was their own doing.
ALTER TABLE removal ADD COLUMN back_at bigint;
