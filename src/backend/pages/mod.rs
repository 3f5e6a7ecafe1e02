//! What all pages share: their frame, who looks at them and what they may, and how a page says no.

pub mod expired;
pub mod page;
pub mod rights;
pub mod session;
pub mod spreadsheet;
pub mod tongue;
pub mod upload;

/// Bytes of a form.
pub const BODY_LIMIT: usize = 256 * 1024;
