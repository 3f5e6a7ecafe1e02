//! Sample content for demonstrations, made current: what is three days old in the file is three
//! days old today. It is of a fictional ひだまり市, and every screen that shows it says 見本.

use jiff::{SignedDuration, Timestamp};

use super::source::SourceKind;
use super::{draft::DraftContent, error::SourceError, feed, japan::JAPAN, weather};

const FEED: &[u8] = include_bytes!("../../assets/demonstration/news.xml");
const FORECAST: &[u8] = include_bytes!("../../assets/demonstration/forecast.json");
/// The area of the sample forecast.
const AREA: &str = "990010";

/// Pictures that the sample content shows, by the address under which it names them.
const PICTURES: &[(&str, &[u8])] = &[(
    "https://www.hidamari.example/park.jpg",
    include_bytes!("../../assets/demonstration/park.jpg"),
)];

/// Sample content in place of `source`, as it would stand at `now`.
/// A page is the operator's own file and needs no sample; of a warning there must never be one.
pub fn instead_of(kind: &SourceKind, now: Timestamp) -> Option<Result<DraftContent, SourceError>> {
    match kind {
        SourceKind::Feed { .. } => Some(news(now)),
        SourceKind::Weather { .. } => Some(forecast(now)),
        _ => None,
    }
}

/// A picture that sample content shows.
pub fn picture(address: &str) -> Option<&'static [u8]> {
    PICTURES
        .iter()
        .find(|(known, _)| *known == address)
        .map(|(_, bytes)| *bytes)
}

fn news(now: Timestamp) -> Result<DraftContent, SourceError> {
    let mut draft = feed::parse(FEED, "https://www.hidamari.example/news.xml")?;
    if let DraftContent::Feed(articles) = &mut draft {
        let newest = articles
            .iter()
            .filter_map(|article| article.published)
            .max();
        // The newest stands at nine in the morning of the last day on which nine has struck.
        let shift = newest.map(|newest| whole_days(newest, now));
        for article in articles {
            article.published = article
                .published
                .zip(shift)
                .map(|(published, shift)| published + shift);
        }
    }
    Ok(draft)
}

fn forecast(now: Timestamp) -> Result<DraftContent, SourceError> {
    let mut draft = weather::parse(FORECAST, AREA, None)?;
    if let DraftContent::Weather(weather) = &mut draft {
        let shift = whole_days(weather.reported_at, now);
        weather.reported_at += shift;
        let today = JAPAN.to_datetime(weather.reported_at).date();
        let first = weather.days.first().map(|day| day.date);
        for day in &mut weather.days {
            if let Some(since) = first.and_then(|first| day.date.since(first).ok()) {
                day.date = today.checked_add(since).unwrap_or(day.date);
            }
        }
    }
    Ok(draft)
}

/// The whole days by which `then` is moved to be the latest moment that is not after `now`.
fn whole_days(then: Timestamp, now: Timestamp) -> SignedDuration {
    let day = 24 * 60 * 60;
    SignedDuration::from_secs(now.duration_since(then).as_secs().div_euclid(day) * day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_of_today_whenever_today_is() {
        for now in [
            "2026-11-23T00:30:00Z",
            "2031-02-28T15:10:00Z",
            "2025-01-01T00:00:00Z",
        ] {
            let now: Timestamp = now.parse().expect("a time");
            let Ok(DraftContent::Weather(weather)) = forecast(now) else {
                panic!("a forecast")
            };
            assert!(
                weather.reported_at <= now
                    && now.duration_since(weather.reported_at).as_hours() < 24
            );
            assert_eq!(
                weather.days[0].date,
                JAPAN.to_datetime(weather.reported_at).date()
            );
            assert!(weather.days.len() >= 7);
            let Ok(DraftContent::Feed(articles)) = news(now) else {
                panic!("news")
            };
            let newest = articles[0].published.expect("dated");
            assert!(newest <= now && now.duration_since(newest).as_hours() < 24);
        }
    }
}
