//! What is new to a resident.

use jiff::civil::Date;
use kairan_contract::Article;

use crate::{dates::in_japan, profile::Profile};

/// Days for which an article that has not been opened is called new.
const NEW_DAYS: i32 = 7;

/// Whether an article is of this week and has not been opened.
pub fn is_new(article: &Article, profile: &Profile, today: Date) -> bool {
    let published = article.published.map(|at| in_japan(at).date());
    let is_recent = published
        .and_then(|day| today.since(day).ok())
        .is_some_and(|age| age.get_days() < NEW_DAYS);
    is_recent && !profile.read.contains(&article.hash())
}
