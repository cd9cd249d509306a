-- In which keys two nodes differ: "key = value", a line each, of those in which they have to agree. Empty: an older version's.
-- compatible-from: 0024
ALTER TABLE node ADD COLUMN config text COLLATE "C" NOT NULL DEFAULT '';
