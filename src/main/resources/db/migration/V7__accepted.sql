-- Whether somebody was told 202: then what was asked for is not dropped, whatever stands in its way for a while.
ALTER TABLE booking_intent ADD COLUMN accepted boolean NOT NULL DEFAULT false;
