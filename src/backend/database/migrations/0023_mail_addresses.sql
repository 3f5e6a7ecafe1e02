-- Where somebody is told by e-mail what waits for them. Shown to themselves and to administrators only.
ALTER TABLE people ADD COLUMN mail TEXT;
