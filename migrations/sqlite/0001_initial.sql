-- Times are milliseconds since 1970, UTC, unless the name ends in _s. Words are those of the contract; '' stands for
-- none. Ids are AUTOINCREMENT: ascending and never given out twice, which is what the lists' cursors rely on.

CREATE TABLE event (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id    TEXT NOT NULL CHECK (group_id <> ''),
  source      TEXT NOT NULL CHECK (source IN ('webhook', 'sweep')),
  event_time  INTEGER,
  received_at INTEGER NOT NULL CHECK (received_at >= 0),
  client_ip   TEXT NOT NULL,
  platform    TEXT NOT NULL,
  topic_id    TEXT,
  body        TEXT NOT NULL,
  fingerprint BLOB CHECK (length(fingerprint) = 16)
) STRICT;

CREATE INDEX event_group ON event (group_id);
CREATE INDEX event_received ON event (received_at);
CREATE UNIQUE INDEX event_fingerprint ON event (fingerprint) WHERE fingerprint IS NOT NULL;

-- The ids that fall into each ten minutes. Lists are ordered by id and narrowed by time, and the two orders differ a
-- little: with this a list of a narrow window begins where the window is, instead of at the newest row.
CREATE TABLE event_span (
  slot     INTEGER PRIMARY KEY,  -- received_at / 600000
  first_id INTEGER NOT NULL,
  last_id  INTEGER NOT NULL
) STRICT;

CREATE TRIGGER event_spanned AFTER INSERT ON event BEGIN
  INSERT INTO event_span (slot, first_id, last_id) VALUES (new.received_at / 600000, new.id, new.id)
    ON CONFLICT (slot) DO UPDATE SET first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id);
END;

CREATE TABLE chat_group (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id         TEXT NOT NULL UNIQUE CHECK (group_id <> ''),
  state            TEXT NOT NULL CHECK (state IN ('full', 'pruning', 'has_room', 'blocked', 'gone')),
  reason           TEXT NOT NULL CHECK (reason IN ('', 'nobody_removable', 'exempt', 'unsupported_type',
                                                   'no_permission', 'daily_limit', 'implausible_data')),
  full_since       INTEGER,
  last_full_at     INTEGER,
  full_events      INTEGER NOT NULL,
  seen_room_at     INTEGER,
  type             TEXT NOT NULL,
  name             TEXT NOT NULL,
  member_count     INTEGER,
  max_member_count INTEGER,
  observed_at      INTEGER,
  next_check_at    INTEGER,
  cooldown_until   INTEGER,
  exit_look_at     INTEGER,
  failures         INTEGER NOT NULL,
  last_run_id      INTEGER
) STRICT;

CREATE INDEX chat_group_due ON chat_group (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX chat_group_state ON chat_group (state);
CREATE INDEX chat_group_full_since ON chat_group (full_since) WHERE state = 'full';
CREATE INDEX chat_group_unconfirmed ON chat_group (id) WHERE observed_at IS NULL;

-- How many groups there are in each state, and how many Chat never confirmed: counting millions takes too long.
CREATE TABLE group_counter (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL CHECK (value >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO group_counter (name, value)
  VALUES ('full', 0), ('pruning', 0), ('has_room', 0), ('blocked', 0), ('gone', 0), ('unconfirmed', 0);

CREATE TRIGGER chat_group_inserted AFTER INSERT ON chat_group BEGIN
  UPDATE group_counter SET value = value + 1 WHERE name = new.state;
  UPDATE group_counter SET value = value + 1 WHERE name = 'unconfirmed' AND new.observed_at IS NULL;
END;

CREATE TRIGGER chat_group_deleted AFTER DELETE ON chat_group BEGIN
  UPDATE group_counter SET value = value - 1 WHERE name = old.state;
  UPDATE group_counter SET value = value - 1 WHERE name = 'unconfirmed' AND old.observed_at IS NULL;
END;

CREATE TRIGGER chat_group_moved AFTER UPDATE OF state ON chat_group WHEN old.state <> new.state BEGIN
  UPDATE group_counter SET value = value - 1 WHERE name = old.state;
  UPDATE group_counter SET value = value + 1 WHERE name = new.state;
END;

CREATE TRIGGER chat_group_confirmed AFTER UPDATE OF observed_at ON chat_group
  WHEN (old.observed_at IS NULL) <> (new.observed_at IS NULL) BEGIN
  UPDATE group_counter SET value = value + iif(new.observed_at IS NULL, 1, -1) WHERE name = 'unconfirmed';
END;

CREATE TABLE run (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id       TEXT NOT NULL CHECK (group_id <> ''),
  "trigger"      TEXT NOT NULL CHECK ("trigger" IN ('scheduler', 'operator', 'restore')),
  mode           TEXT NOT NULL CHECK (mode IN ('plan', 'approve', 'prune', 'restore')),
  state          TEXT NOT NULL CHECK (state IN ('running', 'awaiting_approval', 'planned', 'succeeded', 'partial',
                                                'failed', 'nothing_to_do', 'rejected', 'expired')),
  reason         TEXT NOT NULL,
  created_at     INTEGER NOT NULL CHECK (created_at >= 0),
  started_at     INTEGER,
  finished_at    INTEGER,
  confirmed_at   INTEGER,
  members_before INTEGER,
  max_members    INTEGER,
  members_after  INTEGER,
  wanted         INTEGER NOT NULL,
  considered     INTEGER NOT NULL,
  eligible       INTEGER NOT NULL,
  selected       INTEGER NOT NULL,
  removed        INTEGER NOT NULL,
  restored       INTEGER NOT NULL,
  kept           TEXT NOT NULL,  -- JSON: members kept per reason
  kept_stored    INTEGER NOT NULL CHECK (kept_stored IN (0, 1)),
  policy         TEXT NOT NULL,  -- JSON: the policy in force when the plan was made
  source_run_id  INTEGER REFERENCES run (id)
) STRICT;

CREATE INDEX run_group ON run (group_id);
CREATE INDEX run_state ON run (state);
CREATE INDEX run_created ON run (created_at, state);
-- A group has at most one open run.
CREATE UNIQUE INDEX run_open ON run (group_id) WHERE state IN ('running', 'awaiting_approval');

-- As event_span, by created_at.
CREATE TABLE run_span (
  slot     INTEGER PRIMARY KEY,
  first_id INTEGER NOT NULL,
  last_id  INTEGER NOT NULL
) STRICT;

CREATE TRIGGER run_spanned AFTER INSERT ON run BEGIN
  INSERT INTO run_span (slot, first_id, last_id) VALUES (new.created_at / 600000, new.id, new.id)
    ON CONFLICT (slot) DO UPDATE SET first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id);
END;

CREATE TABLE run_member (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id         INTEGER NOT NULL REFERENCES run (id),
  account        TEXT NOT NULL,
  decision       TEXT NOT NULL CHECK (decision IN ('remove', 'keep')),
  why            TEXT NOT NULL CHECK (why IN ('inactive', 'exempt', 'owner', 'admin', 'unknown_activity', 'newcomer',
                                              'active', 'reader', 'online', 'over_limit')),
  joined_at_s    INTEGER,
  last_sent_at_s INTEGER,
  outcome        TEXT NOT NULL CHECK (outcome IN ('', 'removed', 'still_member', 'left', 'became_protected', 'error',
                                                  'restored', 'already_member', 'pending', 'failed', 'no_room')),
  error_code     INTEGER NOT NULL,
  sent_at        INTEGER,
  UNIQUE (run_id, account)
) STRICT;

CREATE INDEX run_member_run ON run_member (run_id);
CREATE INDEX run_member_kept ON run_member (run_id) WHERE decision = 'keep';
CREATE INDEX run_member_sent ON run_member (sent_at, run_id) WHERE sent_at IS NOT NULL;
CREATE INDEX run_member_run_sent ON run_member (run_id, sent_at) WHERE sent_at IS NOT NULL;

CREATE TABLE exemption (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  kind       TEXT NOT NULL CHECK (kind IN ('group', 'member')),
  subject    TEXT NOT NULL CHECK (subject <> ''),
  reason     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  UNIQUE (kind, subject)
) STRICT;

CREATE INDEX exemption_expiry ON exemption (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
