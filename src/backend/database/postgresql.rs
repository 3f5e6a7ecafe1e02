//! What is said to `PostgreSQL` alone.

/// How a transaction begins.
pub(super) const BEGIN: &str = "BEGIN";

/// Waits until nobody else, on whatever machine, holds the lock of this number.
pub(super) const LOCK: &str = "SELECT pg_advisory_lock($1)";

/// It refuses to change an entry of the audit log or to take it away.
pub(super) const GUARD: [&str; 3] = [
    // Two servers that start at once do it one after the other. The number is any that nothing else uses.
    "SELECT pg_advisory_xact_lock(4712)",
    "CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger AS
     $$ BEGIN RAISE EXCEPTION 'the audit log cannot be changed'; END $$ LANGUAGE plpgsql",
    "DO $$ BEGIN
         IF NOT EXISTS (SELECT FROM pg_trigger
                        WHERE tgname = 'audit_is_not_changed' AND tgrelid = 'audit'::regclass) THEN
             CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
             FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();
         END IF;
     END $$",
];

/// Writes the tables anew in which secrets stood.
pub(super) const REWRITE_TABLES_OF_SECRETS: [&str; 2] =
    ["VACUUM FULL people", "VACUUM FULL sessions"];
