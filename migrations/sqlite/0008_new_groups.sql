-- New groups are counted by the writer, once per transaction, as events are: counting each by itself cost more than
-- all else about it.
DROP TRIGGER filled_new;
DROP TRIGGER full_tallied;
DROP TRIGGER due_tallied;
