-- What an event costs is the pages that it changes. An index on its group is a page of its own for each, anywhere in the
-- file. Instead the group's row, which is written anyway, keeps the ids of its newest events, and now and then they go
-- together into a row of group_event. Ids are in decimal, separated by blanks; those of events that were forgotten may
-- still be among them.
ALTER TABLE chat_group ADD COLUMN recent_events TEXT NOT NULL DEFAULT '';

CREATE TABLE group_event (
  group_id TEXT NOT NULL,
  last_id  INTEGER NOT NULL,  -- the greatest of ids; it is there for as long as one of them is
  ids      TEXT NOT NULL,
  PRIMARY KEY (group_id, last_id)
) STRICT, WITHOUT ROWID;

INSERT INTO group_event (group_id, last_id, ids)
  SELECT group_id, max(id), group_concat(id, ' ') FROM (
      SELECT group_id, id, (row_number() OVER (PARTITION BY group_id ORDER BY id) - 1) / 16 AS part
        FROM event INDEXED BY event_group)
    GROUP BY group_id, part;
DROP INDEX event_group;

-- The writer gives ids out by itself. sqlite_sequence keeps the greatest that there was, as before, but is written only
-- when events are forgotten.
INSERT INTO sqlite_sequence (name, seq)
  SELECT 'event', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'event');
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'INTEGER PRIMARY KEY AUTOINCREMENT', 'INTEGER PRIMARY KEY')
  WHERE type = 'table' AND name = 'event';
PRAGMA writable_schema = RESET;
