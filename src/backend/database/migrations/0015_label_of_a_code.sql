-- What stands on the back of the tablet for which a code was made: the tablet that uses the code is known by it.
ALTER TABLE enrolment_codes ADD COLUMN label TEXT;
