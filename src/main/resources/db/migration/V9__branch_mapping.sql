-- The rule by which a branch offers event types; where both are given, both must be met. In the pattern * stands for anything.
ALTER TABLE branch ADD COLUMN slug_pattern text CHECK (slug_pattern <> '');
ALTER TABLE branch ADD COLUMN team_id bigint;

-- Whether the rule brought it; otherwise somebody named it, and it stays whatever the rule says.
ALTER TABLE branch_event_type ADD COLUMN by_rule boolean NOT NULL DEFAULT false;
-- A branch goes with all that it offers, in one step, whoever is just mapping.
ALTER TABLE branch_event_type DROP CONSTRAINT branch_event_type_branch_id_fkey;
ALTER TABLE branch_event_type ADD CONSTRAINT branch_event_type_branch_id_fkey FOREIGN KEY (branch_id) REFERENCES branch (id) ON DELETE CASCADE;

-- Of a booking by branch and name: the event types that it may be made with; the first is the one in hand.
ALTER TABLE booking_intent ADD COLUMN event_type_ids bigint[] NOT NULL DEFAULT '{}';
-- Of these, those that Cal.com surely has not booked and does not book.
ALTER TABLE booking_intent ADD COLUMN refused_event_type_ids bigint[] NOT NULL DEFAULT '{}';
