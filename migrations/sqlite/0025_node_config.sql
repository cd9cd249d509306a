-- In which keys two nodes differ: "key = value", a line each, of those in which they have to agree. Empty: an older version's.
ALTER TABLE node ADD COLUMN config TEXT NOT NULL DEFAULT '';
