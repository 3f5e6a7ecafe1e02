//! How `SQLite` is told to keep the audit log as it is.

/// It refuses to change or take away an entry. The two have no common word for it, so it stands beside the migrations.
pub(super) const GUARD: [&str; 2] = [
    "CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
     BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_is_not_taken_away BEFORE DELETE ON audit
     BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END",
];
