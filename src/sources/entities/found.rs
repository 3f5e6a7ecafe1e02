//! What was found in the entities of one answer, cut to what a tablet holds.

use kairan_contract::{Measurement, Place};

use super::becomes::Becomes;
use crate::{
    draft::{DraftArticle, DraftContent, Skipped},
    open_data::places,
};

/// The articles or values that a tablet holds of one source.
pub(super) const ENTITY_LIMIT: usize = 200;

#[derive(Default)]
pub(super) struct Found {
    pub(super) articles: Vec<DraftArticle>,
    pub(super) places: Vec<Place>,
    pub(super) measurements: Vec<Measurement>,
}

impl Found {
    /// The nearest first, and as many as a tablet holds.
    pub(super) fn cut_places(&mut self) -> Option<Skipped> {
        self.places
            .sort_by_key(|place| place.metres.unwrap_or(u32::MAX));
        places::cut(&mut self.places)
    }

    pub(super) fn into_draft(mut self, becomes: Becomes) -> DraftContent {
        match becomes {
            Becomes::Articles => {
                self.articles
                    .sort_by_key(|article| std::cmp::Reverse(article.published));
                self.articles.truncate(ENTITY_LIMIT);
                DraftContent::Feed(self.articles)
            }
            Becomes::Places => DraftContent::Places(self.places),
            Becomes::Measurements => {
                self.measurements.truncate(ENTITY_LIMIT);
                DraftContent::Measurements(self.measurements)
            }
        }
    }
}
