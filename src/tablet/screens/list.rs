//! A list of notices.

use jiff::Timestamp;
use kairan_contract::Article;
use kairan_ui::RowView;

use super::{
    home::is_new,
    words::{day_before, in_japan},
};
use crate::settings::Choices;

/// The rows, in the order of the feed.
pub fn rows(articles: &[Article], choices: &Choices, now: Timestamp) -> Vec<RowView> {
    let today = in_japan(now).date();
    articles
        .iter()
        .map(|article| RowView {
            title: article.title.as_str().into(),
            date: article
                .published
                .map(|at| day_before(in_japan(at).date(), today))
                .unwrap_or_default()
                .into(),
            is_new: is_new(article, choices, today),
        })
        .collect()
}
