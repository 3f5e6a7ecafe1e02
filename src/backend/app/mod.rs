//! What the server is put together from: its settings.

pub mod commands;
mod home;
mod language;
pub mod router;
pub mod sealing;
pub mod serve;
pub mod settings;
pub mod state;
pub mod statements;
mod storage_arguments;
mod tasks;

pub use language::language;
pub use settings::{Settings, SettingsError};
pub use storage_arguments::StorageArguments;
