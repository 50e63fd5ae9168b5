-- A delivery that was never tried is due whatever the clock says: one that is set back must not make it wait.
ALTER TABLE delivery ALTER COLUMN next_attempt_at SET DEFAULT '-infinity';
