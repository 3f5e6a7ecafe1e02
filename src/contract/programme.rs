//! An audio programme: exercise, a story, a song, step by step.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{BlobReference, Picture};

/// Steps that follow each other, each with its words, and with a picture and a sound if it has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Programme {
    /// What it is called.
    pub title: String,
    /// The steps in order.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// What to do, in one sentence.
    pub words: String,
    /// How long the step lasts in seconds; absent for as long as its sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// What it looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// The sound, in Ogg, MP3, FLAC or WAV.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sound: Option<BlobReference>,
}
