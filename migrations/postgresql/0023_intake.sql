-- Intake by several nodes. A commit of which nobody knows whether it happened is sent again, with the same intake_id
-- (random) of the same receipt. With the time first, new entries go to the end of the index.
ALTER TABLE event ADD COLUMN intake_id uuid;
CREATE UNIQUE INDEX event_intake ON event (received_at, intake_id) WHERE intake_id IS NOT NULL;

-- What the store counts is a row for each node, or all of them would wait for each other's commits; it is summed when it
-- is read. '' is nobody's: of the triggers, and of what was folded, whoever had counted it.
ALTER TABLE tally ADD COLUMN node text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE tally DROP CONSTRAINT tally_pkey;
ALTER TABLE tally ADD PRIMARY KEY (what, span, slot, node);
CREATE INDEX tally_of_nodes ON tally (what, span, slot) WHERE node <> '';
ALTER TABLE event_span ADD COLUMN node text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE event_span DROP CONSTRAINT event_span_pkey;
ALTER TABLE event_span ADD PRIMARY KEY (slot, node);
CREATE INDEX event_span_of_nodes ON event_span (slot) WHERE node <> '';

CREATE OR REPLACE FUNCTION tally_up(of_what text, of_span bigint, at bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO tally AS t (what, span, slot, value)
    SELECT of_what, of_span, CASE of_span WHEN 0 THEN 0 ELSE at / of_span END, 1 WHERE at IS NOT NULL
    ON CONFLICT (what, span, slot, node) DO UPDATE SET value = t.value + 1;
$$;

CREATE OR REPLACE FUNCTION tally_down(of_what text, of_span bigint, at bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE tally SET value = greatest(value - 1, 0)
    WHERE what = of_what AND span = of_span AND slot = CASE of_span WHEN 0 THEN 0 ELSE at / of_span END AND node = ''
    AND at IS NOT NULL;
  DELETE FROM tally WHERE of_what IN ('full', 'due') AND of_span > 0 AND what = of_what AND span = of_span
    AND slot = at / nullif(of_span, 0) AND node = '' AND value = 0;
$$;

-- Each node its own, so that none waits for another's; those of nodes that are gone are folded by then.
CREATE OR REPLACE FUNCTION tally_minutes_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM tally WHERE what = new.what AND span = 60000 AND slot < (new.slot - 25) * 60 AND node = new.node;
  RETURN NULL;
END
$$;

-- By far the most updates change two columns that no index has; with room in the page they touch no index at all.
ALTER TABLE chat_group SET (fillfactor = 80);
