-- A tablet that is to forget its loan: when that was asked, when the tablet heard of it, and when it was done.
ALTER TABLE tablets ADD COLUMN wipe_asked_at BIGINT;
ALTER TABLE tablets ADD COLUMN wipe_received_at BIGINT;
ALTER TABLE tablets ADD COLUMN wiped_at BIGINT;
