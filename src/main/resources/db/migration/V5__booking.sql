-- An appointment that is wanted and not booked yet has no uid: pending while nobody knows, manual while a person has to book it.
ALTER TABLE appointment ALTER COLUMN calcom_booking_uid DROP NOT NULL;
ALTER TABLE appointment ALTER COLUMN calcom_reschedule_uid DROP NOT NULL;
ALTER TABLE appointment ALTER COLUMN calcom_cancel_uid DROP NOT NULL;
CREATE INDEX appointment_wanted ON appointment (company_id, start_at) WHERE calcom_booking_uid IS NULL AND merged_into IS NULL;

-- When and how often Cal.com was asked to do it, and whether it is through with the last of these requests: then what it does
-- not have it won't have.
ALTER TABLE booking_intent ADD COLUMN sends integer NOT NULL DEFAULT 0;
ALTER TABLE booking_intent ADD COLUMN sent_at timestamptz;
ALTER TABLE booking_intent ADD COLUMN settled boolean NOT NULL DEFAULT true;
-- Why it waits for a person.
ALTER TABLE booking_intent ADD COLUMN reason text;
-- All its appointments, the first of which is appointment_id: a series has several.
ALTER TABLE booking_intent ADD COLUMN appointment_ids bigint[] NOT NULL DEFAULT '{}';
CREATE INDEX booking_intent_open ON booking_intent USING gin (appointment_ids) WHERE status NOT IN ('done', 'refused');
-- Of a series: the answer as far as it is known, by occurrence.
ALTER TABLE booking_intent ADD COLUMN progress json;
CREATE INDEX booking_intent_old ON booking_intent (updated_at) WHERE next_attempt_at IS NULL;
