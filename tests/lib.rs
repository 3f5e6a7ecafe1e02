//! Both programs as real processes, and publishers good and hostile, for tests that act from outside.

pub mod clerk;
pub mod clocks;
pub mod council;
pub mod emergency;
pub mod endpoint;
pub mod glass;
pub mod house;
pub mod office;
pub mod postgresql;
pub mod programs;
pub mod shop;
pub mod slow_line;
pub mod small_disk;
pub mod sound_server;
pub mod source;
pub mod staff;

use std::time::{Duration, Instant};

/// A client that asks as a tablet does.
///
/// # Panics
/// If it cannot be made.
pub fn http_client() -> reqwest::Client {
    // One provider of cryptography for the whole program; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().build().expect("a client")
}

/// Waits until `condition` gives something. The bound is generous, because it is only reached when
/// something is broken.
///
/// # Panics
/// If nothing comes within a minute.
pub fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "waited in vain for {what}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}
