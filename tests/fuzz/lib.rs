//! Reads bytes as a kind of source, exactly as the backend does.

use jiff::Timestamp;
use kairan_catalogue::source_settings;
use kairan_sources::reading::{Circumstances, read};

/// Reads `bytes` with settings written as in `[service.content]`. Whatever comes of it is fine, as
/// long as something comes of it.
pub fn read_as(settings: &str, bytes: &[u8]) {
    let source = source_settings(settings).expect("the settings of a fuzz target are right");
    let circumstances = Circumstances {
        now: Timestamp::constant(1_795_328_640, 0),
        all: true,
        address: String::new(),
        id: "fuzz".to_owned(),
        title: "fuzz".to_owned(),
    };
    let _ = read(&source.kind, bytes, &circumstances);
}
