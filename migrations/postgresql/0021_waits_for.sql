-- Why a plan waits for a person: 'mode', 'first_share' (its group's first listing above that), 'jump'; '' in all others.
ALTER TABLE run ADD COLUMN waits_for text COLLATE "C" NOT NULL DEFAULT ''
  CHECK (waits_for IN ('', 'mode', 'first_share', 'jump'));
