//! What all rounds share.

use std::sync::Arc;

use kairan_sources::{beside::Beside, fetch::Fetcher};

use super::repository::ContentRepository;
use crate::database::Database;

/// What all rounds share.
pub struct Gathering {
    /// Asks the web.
    pub fetcher: Fetcher,
    /// Where the last good content is kept.
    pub store: Database,
    /// Where tablets get it.
    pub repository: Arc<ContentRepository>,
    /// What lies beside the catalogue.
    pub beside: Beside,
    /// Whether sample content stands in for sources that cannot be reached.
    pub demonstration: bool,
}
