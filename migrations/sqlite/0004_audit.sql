-- Every change that somebody made through the admin API, written in the transaction of the change.
CREATE TABLE audit (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  at     INTEGER NOT NULL CHECK (at >= 0),
  token  TEXT NOT NULL,  -- its name
  role   TEXT NOT NULL CHECK (role IN ('viewer', 'operator')),
  peer   TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('run', 'approve', 'reject', 'restore', 'exempt', 'unexempt', 'pause', 'resume',
                                         'sweep')),
  target TEXT NOT NULL CHECK (target <> ''),
  reason TEXT NOT NULL
) STRICT;
