-- Bookings that are to be read back from Cal.com, since deliveries can't tell all: read_back_reason says why, until it
-- was done; read_back_note what came of it where nothing did.
ALTER TABLE booking ADD COLUMN read_back_due_at timestamptz;
ALTER TABLE booking ADD COLUMN read_back_attempts integer NOT NULL DEFAULT 0;
ALTER TABLE booking ADD COLUMN read_back_at timestamptz;
ALTER TABLE booking ADD COLUMN read_back_note text;
CREATE INDEX booking_read_back_due ON booking (read_back_due_at) WHERE read_back_due_at IS NOT NULL;
