-- A tablet whose enrolment was answered, but which never heard the answer, may show its code again.
ALTER TABLE enrolment_codes ADD COLUMN used_by TEXT;
