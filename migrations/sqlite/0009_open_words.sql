-- Words come with time: a new reason to keep a member, a new kind of change. A CHECK that lists them would make each a
-- rebuild of the largest table. What a row may say is checked when it is read; the lists go, and no row is rewritten:
-- a CHECK stands in the table's text alone.
PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (source IN (''webhook'', ''sweep''))', '')
  WHERE type = 'table' AND name = 'event';
UPDATE sqlite_schema SET sql = replace(replace(sql,
    ' CHECK (state IN (''full'', ''pruning'', ''has_room'', ''blocked'', ''gone''))', ''),
    ' CHECK (reason IN ('''', ''nobody_removable'', ''exempt'', ''unsupported_type'',
                                                   ''no_permission'', ''daily_limit'', ''implausible_data''))', '')
  WHERE type = 'table' AND name = 'chat_group';
UPDATE sqlite_schema SET sql = replace(replace(replace(sql,
    ' CHECK ("trigger" IN (''scheduler'', ''operator'', ''restore''))', ''),
    ' CHECK (mode IN (''plan'', ''approve'', ''prune'', ''restore''))', ''),
    ' CHECK (state IN (''running'', ''awaiting_approval'', ''planned'', ''succeeded'', ''partial'',
                                                ''failed'', ''nothing_to_do'', ''rejected'', ''expired''))', '')
  WHERE type = 'table' AND name = 'run';
UPDATE sqlite_schema SET sql = replace(replace(sql,
    ' CHECK (why IN (''inactive'', ''exempt'', ''owner'', ''admin'', ''unknown_activity'', ''newcomer'',
                                              ''active'', ''reader'', ''online'', ''over_limit''))', ''),
    ' CHECK (outcome IN ('''', ''removed'', ''still_member'', ''left'', ''became_protected'', ''error'',
                                                  ''restored'', ''already_member'', ''pending'', ''failed'', ''no_room''))', '')
  WHERE type = 'table' AND name = 'run_member';
UPDATE sqlite_schema SET sql = replace(sql,
    ' CHECK (action IN (''run'', ''approve'', ''reject'', ''restore'', ''exempt'', ''unexempt'', ''pause'', ''resume'',
                                         ''sweep''))', '')
  WHERE type = 'table' AND name = 'audit';
UPDATE sqlite_schema SET sql = replace(sql,
    ' CHECK (state IN (''running'', ''finished'', ''failed'', ''interrupted''))', '')
  WHERE type = 'table' AND name = 'sweep';

PRAGMA writable_schema = RESET;

-- A run that nobody could close: how often it was looked at in vain, and over what time (ms, of the machine's
-- monotonic clock). It means to send nothing more, and reserves nothing. NULL: it is not in doubt.
ALTER TABLE run ADD COLUMN doubt_looks INTEGER;
ALTER TABLE run ADD COLUMN doubt_ms INTEGER NOT NULL DEFAULT 0;
