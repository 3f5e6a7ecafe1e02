//! What is said to `SQLite` alone.

/// How it is to write, and how it is to read.
pub(super) const WRITER: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON";
pub(super) const READER: &str =
    "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON; PRAGMA cache_size = -16000";

/// Whoever has read and then wants to write is refused at once if another process (the command line beside the
/// server) has written in between, however long it would wait. Whoever begins as a writer waits.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";

/// It refuses to change an entry of the audit log or to take it away.
pub(super) const GUARD: [&str; 2] = [
    "CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
     BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_is_not_taken_away BEFORE DELETE ON audit
     BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END",
];

/// It waits for nobody, and then for as long as everybody does.
pub(super) const WAIT_FOR_NOBODY: &str = "PRAGMA busy_timeout = 0";
pub(super) const WAIT: &str = "PRAGMA busy_timeout = 10000";
/// Empties the log, and says whether somebody still reads from it.
pub(super) const EMPTY_THE_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
