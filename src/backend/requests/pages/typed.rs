//! What somebody types to answer a request.

use serde::Deserialize;

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Typed {
    /// The revision that was looked at.
    #[serde(default)]
    pub revision: String,
    /// The step.
    #[serde(default)]
    pub step: String,
    /// What is said with it.
    #[serde(default)]
    pub words: String,
    /// Another day, from when and until when.
    #[serde(default)]
    pub day: String,
    #[serde(default)]
    pub from: String,
    #[serde(default)]
    pub to: String,
    /// Another price for everything.
    #[serde(default)]
    pub total: String,
    /// Until when it holds.
    #[serde(default)]
    pub until: String,
}
