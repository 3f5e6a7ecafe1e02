//! How `PostgreSQL` is told to keep the audit log as it is.

/// It refuses to change or take away an entry. The two have no common word for it, so it stands beside the migrations.
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
