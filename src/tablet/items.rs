//! What content consists of, one thing a resident can open at a time: an article, a place, an event,
//! a bus. Pure.

use kairan_text::{message, tr, tr_in};
use std::borrow::Cow;

use jiff::{Timestamp, ToSpan as _, civil::Date};
use kairan_contract::{
    Article, Block, Content, Departure, Departures, Freshness, Hazard, Language, Measurement,
    Occurrence, Place, Programme, ServiceEntry, Warning, Warnings,
};

use crate::{
    dates::{clock, date, day_after, in_japan, moment, time},
    way::Origin,
};

/// What has a list, and no text of its own.
pub fn is_list(content: &Content) -> bool {
    matches!(
        content,
        Content::Feed { .. }
            | Content::Places { .. }
            | Content::Events { .. }
            | Content::Timetable(_)
            | Content::Measurements { .. }
    )
}

/// The text of content that has no list.
pub fn text_of(content: &Content, language: Language) -> Option<Cow<'_, Article>> {
    match content {
        Content::Page { article } => Some(Cow::Borrowed(article)),
        Content::Warnings(warnings) => Some(Cow::Owned(of_warnings(warnings, language))),
        Content::Audio(programme) => Some(Cow::Owned(of_programme(programme))),
        _ => None,
    }
}

/// The thing with this id.
pub fn item<'c>(
    content: &'c Content,
    id: &str,
    origin: Origin,
    language: Language,
) -> Option<Cow<'c, Article>> {
    match content {
        Content::Feed { articles } => {
            let found = articles.iter().find(|article| article.id == id);
            found.map(Cow::Borrowed)
        }
        Content::Places { places } => {
            let found = places.iter().find(|place| place_id(place) == id)?;
            Some(Cow::Owned(of_place(found, origin, language)))
        }
        Content::Events { occurrences } => {
            let found = occurrences.iter().find(|occurrence| occurrence.id == id)?;
            Some(Cow::Owned(of_occurrence(found, language)))
        }
        Content::Timetable(board) => {
            let found = board.departures.iter().find(|it| departure_id(it) == id)?;
            Some(Cow::Owned(of_departure(board, found, language)))
        }
        Content::Measurements { measurements } => {
            let found = measurements
                .iter()
                .find(|measurement| measurement.id == id)?;
            Some(Cow::Owned(of_measurement(found, language)))
        }
        _ => None,
    }
}

/// Whether there is a thing with this id; cheaper than to make it.
pub fn has_item(content: &Content, id: &str) -> bool {
    match content {
        Content::Feed { articles } => articles.iter().any(|article| article.id == id),
        Content::Places { places } => places.iter().any(|place| place_id(place) == id),
        Content::Events { occurrences } => occurrences.iter().any(|found| found.id == id),
        Content::Timetable(board) => board.departures.iter().any(|it| departure_id(it) == id),
        Content::Measurements { measurements } => measurements.iter().any(|found| found.id == id),
        _ => false,
    }
}

/// A place's id: two halls may bear the same number in two parts of a file.
pub fn place_id(place: &Place) -> String {
    format!("{} {}", place.id, place.name)
}

/// A departure's id.
pub fn departure_id(departure: &Departure) -> String {
    let platform = departure.platform.as_deref().unwrap_or_default();
    format!(
        "{} {} {} {platform}",
        departure.at, departure.line, departure.headsign
    )
}

/// 8時20分 Aコース 温泉行き.
pub fn departure_title(departure: &Departure, language: Language) -> String {
    let at = clock(language, in_japan(departure.at));
    format!("{at} {} {}", departure.line, departure.headsign)
}

/// きょう 午後 1時 30分から.
pub fn when_in_words(occurrence: &Occurrence, today: Date, language: Language) -> String {
    let day = |day| day_after(language, day, today);
    let first = day(occurrence.first_day);
    if occurrence.last_day > occurrence.first_day {
        let last = day(occurrence.last_day);
        return tr!(language, "{first}から {last}まで", first, last);
    }
    match occurrence.begins {
        Some(begins) => {
            let begins = time(language, occurrence.first_day.to_datetime(begins));
            tr!(language, "{first} {begins}から", first, begins)
        }
        None => first,
    }
}

/// Whether an occurrence is over. Where nobody says when it ends, it is taken to last three hours.
pub fn is_over(occurrence: &Occurrence, now: Timestamp) -> bool {
    let now = in_japan(now);
    let day = occurrence.last_day;
    let ends = match (occurrence.ends, occurrence.begins) {
        (Some(ends), _) => day.to_datetime(ends),
        (None, Some(begins)) if day == occurrence.first_day => {
            day.to_datetime(begins).saturating_add(3.hours())
        }
        _ => day.to_datetime(jiff::civil::Time::MAX),
    };
    ends < now
}

fn paragraph(text: impl Into<String>) -> Block {
    Block::Paragraph { text: text.into() }
}

/// A heading with what stands under it, if anything does.
fn part(heading: &str, text: Option<&str>) -> Vec<Block> {
    text.map_or_else(Vec::new, |text| {
        let heading = Block::Heading {
            text: heading.to_owned(),
        };
        vec![heading, paragraph(text)]
    })
}

fn article(id: String, title: &str, body: Vec<Block>) -> Article {
    Article {
        id,
        title: title.to_owned(),
        published: None,
        body,
    }
}

fn of_place(place: &Place, origin: Origin, language: Language) -> Article {
    let mut body = Vec::new();
    // What one looks for most stands first, in large digits.
    body.extend(place.telephone.as_deref().map(|number| Block::Heading {
        text: tr!(language, "電話 {number}", number),
    }));
    body.extend(place.reading.as_deref().map(paragraph));
    body.extend(place.offers.as_deref().map(paragraph));
    let way = origin.way_from(place, language);
    let address = place.address.clone().into_iter().chain(way);
    let address: Vec<String> = address.collect();
    body.extend(part(
        tr(language, "場所"),
        Some(address.join("\n").as_str()).filter(|text| !text.is_empty()),
    ));
    body.extend(part(
        tr(language, "あいている時間"),
        place.opening.as_deref(),
    ));
    let safe: Vec<&str> = place
        .safe_from
        .iter()
        .map(|hazard| hazard_in_words(*hazard, language))
        .collect();
    let safe = (!safe.is_empty()).then(|| {
        let hazards = safe.join(tr_in(language, "between hazards", "・"));
        tr!(language, "{hazards}のとき", hazards)
    });
    body.extend(part(tr(language, "逃げこめるとき"), safe.as_deref()));
    let capacity = place
        .capacity
        .map(|capacity| tr!(language, "{capacity}人くらい", capacity));
    body.extend(part(tr(language, "入れる人数"), capacity.as_deref()));
    body.extend(part(tr(language, "そのほか"), place.note.as_deref()));
    article(place_id(place), &place.name, body)
}

fn hazard_in_words(hazard: Hazard, language: Language) -> &'static str {
    let words = match hazard {
        Hazard::Flood => message("洪水"),
        Hazard::Landslide => message("土砂くずれ"),
        Hazard::StormSurge => message("高潮"),
        Hazard::Earthquake => message("地震"),
        Hazard::Tsunami => message("津波"),
        Hazard::LargeFire => message("大きな火事"),
        Hazard::InlandFlood => message("町なかの水あふれ"),
        Hazard::Volcano => message("火山"),
    };
    words.tr(language)
}

fn of_occurrence(occurrence: &Occurrence, language: Language) -> Article {
    let begin = occurrence.first_day;
    let mut when = date(language, begin);
    if occurrence.last_day > begin {
        let last = date(language, occurrence.last_day);
        when = tr!(language, "{when}から {last}まで", when, last);
    }
    let at = |hour| time(language, begin.to_datetime(hour));
    let hours = match (occurrence.begins.map(at), occurrence.ends.map(at)) {
        (Some(begins), Some(ends)) => {
            tr!(language, "\n{begins}から {ends}まで", begins, ends)
        }
        (Some(begins), None) => tr!(language, "\n{begins}から", begins),
        (None, Some(ends)) => tr!(language, "\n{ends}まで", ends),
        (None, None) => String::new(),
    };
    when.push_str(&hours);
    if let Some(note) = &occurrence.time_note {
        when = format!("{when}\n{note}");
    }
    let place: Vec<&str> = [&occurrence.place, &occurrence.address]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let mut body = part(tr(language, "いつ"), Some(&when));
    body.extend(part(
        tr(language, "どこで"),
        Some(place.join("\n").as_str()).filter(|text| !text.is_empty()),
    ));
    body.extend(occurrence.description.as_deref().map(paragraph));
    body.extend(part(tr(language, "だれが"), occurrence.audience.as_deref()));
    body.extend(part(tr(language, "お金"), occurrence.fee.as_deref()));
    body.extend(part(
        tr(language, "申しこみ"),
        occurrence.application.as_deref(),
    ));
    let contact: Vec<&str> = [&occurrence.contact, &occurrence.telephone]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    body.extend(part(
        tr(language, "きくところ"),
        Some(contact.join("\n").as_str()).filter(|text| !text.is_empty()),
    ));
    article(occurrence.id.clone(), &occurrence.title, body)
}

fn of_departure(board: &Departures, departure: &Departure, language: Language) -> Article {
    let leaves = in_japan(departure.at);
    let (day, at) = (date(language, leaves.date()), time(language, leaves));
    let when = tr!(language, "{day} {at}に 出ます", day, at);
    let mut body = part(tr(language, "いつ"), Some(&when));
    let platform = departure.platform.as_deref();
    let platform = platform.map(|platform| tr!(language, "{platform}番のりば", platform));
    let mut place = vec![board.stop.clone()];
    place.extend(platform);
    body.extend(part(tr(language, "どこから"), Some(&place.join("\n"))));
    let arrives = departure.arrives_at.zip(board.to.as_deref());
    let arrives = arrives.map(|(at, to)| {
        let at = time(language, in_japan(at));
        tr!(language, "{to}に {at}に 着きます", to, at)
    });
    body.extend(part(tr(language, "着く時刻"), arrives.as_deref()));
    if departure.is_last {
        body.push(paragraph(tr(language, "この日の 最後の便です。")));
    }
    body.extend(part(
        tr(language, "走らせている会社"),
        board.operator.as_deref(),
    ));
    article(
        departure_id(departure),
        &departure_title(departure, language),
        body,
    )
}

fn of_measurement(measurement: &Measurement, language: Language) -> Article {
    let value = format!(
        "{}{}",
        measurement.value,
        measurement.unit.as_deref().unwrap_or_default()
    );
    let mut body = vec![Block::Heading { text: value }];
    if let Some(at) = measurement.observed_at {
        let at = in_japan(at);
        let (day, time) = (date(language, at.date()), time(language, at));
        body.push(paragraph(tr!(
            language,
            "{day} {time}に はかりました",
            day,
            time
        )));
    }
    article(measurement.id.clone(), &measurement.name, body)
}

fn of_warnings(warnings: &Warnings, language: Language) -> Article {
    let mut body = Vec::new();
    let title = match warnings.in_force.first() {
        // Of when that is, the last line says, and the head says if nobody can confirm it.
        None => tr(language, "警報や 注意報は 出ていません"),
        Some(_) => tr(language, "今 出ている 警報・注意報"),
    };
    for warning in &warnings.in_force {
        body.push(Block::Heading {
            text: warning_in_words(warning, language),
        });
        body.push(paragraph(&*warning.what_to_do));
    }
    body.extend(warnings.headline.as_deref().map(paragraph));
    let at = in_japan(warnings.reported_at);
    let (day, time) = (date(language, at.date()), time(language, at));
    let office = &warnings.publishing_office;
    body.push(paragraph(tr!(
        language,
        "{office} {day} {time}の 発表です。",
        office,
        day,
        time
    )));
    article(format!("warnings {}", warnings.area), title, body)
}

/// 大雨警報（浸水害）警戒レベル3.
fn warning_in_words(warning: &Warning, language: Language) -> String {
    let additions = match warning.additions.as_slice() {
        [] => String::new(),
        additions => format!("（{}）", additions.join("・")),
    };
    let (name, level) = (&warning.name, u8::from(warning.level));
    tr!(
        language,
        "{name}{additions} 警戒レベル{level}",
        name,
        additions,
        level
    )
}

fn of_programme(programme: &Programme) -> Article {
    let mut body = Vec::new();
    for step in &programme.steps {
        body.extend(
            step.picture
                .clone()
                .map(|picture| Block::Picture { picture }),
        );
        body.push(paragraph(&*step.words));
    }
    article("programme".to_owned(), &programme.title, body)
}

/// The departures that have not left yet.
pub fn upcoming(board: &Departures, now: Timestamp) -> &[Departure] {
    // One that leaves in this very minute can still be seen from the stop.
    let at = now - jiff::SignedDuration::from_secs(60);
    let from = board
        .departures
        .partition_point(|departure| departure.at < at);
    &board.departures[from..]
}

/// Whether somebody has just said that the content is what its source says. `heard`: the backend was
/// heard of lately.
pub fn is_confirmed(
    entry: &ServiceEntry,
    content: Option<&Content>,
    heard: bool,
    now: Timestamp,
) -> bool {
    let freshness = entry.content.as_ref().map(|content| content.freshness);
    let is_old = content.is_some_and(|content| has_aged(content, now));
    heard && freshness == Some(Freshness::Current) && !is_old
}

/// Whether content with an age or an end of its own is old or over.
pub fn has_aged(content: &Content, now: Timestamp) -> bool {
    match content {
        Content::Timetable(board) => {
            let today = in_japan(now).date();
            board.published_until.is_some_and(|until| until < today)
        }
        Content::Warnings(warnings) => {
            let hours = now.duration_since(warnings.reported_at).as_hours();
            !(-1..24).contains(&hours)
        }
        _ => false,
    }
}

/// What is said of content that has aged.
pub fn age_in_words(content: &Content, now: Timestamp, language: Language) -> Option<String> {
    let today = in_japan(now).date();
    match content {
        _ if !has_aged(content, now) => None,
        Content::Timetable(board) => {
            let until = date(language, board.published_until?);
            Some(tr!(
                language,
                "この時刻表は {until}で 終わりました。バス会社に きいてください",
                until
            ))
        }
        Content::Warnings(warnings) => {
            let at = moment(language, warnings.reported_at, today);
            Some(tr!(language, "{at}の 古い発表です", at))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
