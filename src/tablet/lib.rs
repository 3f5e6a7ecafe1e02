//! The program on the loaned tablet.
//!
//! The Slint event loop owns the main thread; one tokio runtime runs beside it. What the resident
//! sees comes from the [`library`]; what must reach the backend goes through the [`journal`]; the
//! [`sync`] talks to the backend and never makes a screen wait.

pub mod asked;
pub mod atomic_file;
pub mod clock;
pub mod data_folder;
pub mod dates;
pub mod demonstration;
pub mod display;
pub mod drawing;
pub mod form_draft;
pub mod identity;
pub mod items;
pub mod journal;
pub mod kept_answers;
pub mod kept_request;
pub mod key_guard;
pub mod library;
pub mod machine;
pub mod palm_rejection;
pub mod personal;
pub mod preview;
pub mod profile;
pub mod reading;
pub mod recorder;
pub mod reminders;
pub mod scenes;
pub mod screens;
pub mod session;
pub mod shell;
pub mod speech;
pub mod stderr_filter;
pub mod sync;
pub mod typing;
pub mod uptime;
pub mod usage_log;
pub mod way;
pub mod window;
pub mod wiping;
