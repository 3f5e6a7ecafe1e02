//! A list: notices, places, events, departures, values.

use jiff::{Timestamp, civil::Date};
use kairan_contract::{
    Article, Content, Departure, Departures, Language, Measurement, Occurrence, Place, ScreenName,
};
use kairan_text::tr;
use kairan_ui::{Face, ListFace, RowView, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    head,
    model::refilled,
    neighbourhood::{now_from, now_from_spoken},
    news::is_new,
    scene::{Scene, at, counted_from_home, id, tile},
    screen::{Given, Pictures, Screen, ScreenContext},
};
use crate::{
    dates::{day_after, day_before, in_japan},
    demonstration::{now, snapshot},
    items::{departure_id, departure_title, is_list, is_over, place_id, upcoming, when_in_words},
    profile::Profile,
    session::{Command, Connection, Effect, Session, neighbourhood::ORIGIN_ROW, stops::STOPS_ROW},
    speech::Passage,
    way::Origin,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("list");

/// What can be opened, one below the other.
pub struct List;

impl Screen for List {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        session.open_content().is_some_and(is_list)
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let Some(open) = head::open_service(context.session) else {
            return;
        };
        window.global::<Face>().set_head(open.head(context));
        if let Some(content) = open.content {
            let counting = Counting::of(context.session);
            let rows = rows(content, &context.session.profile, counting, context.now);
            let face = window.global::<ListFace>();
            face.set_rows(refilled(&face.get_rows(), rows));
        }
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let Some(open) = head::open_service(context.session) else {
            return Vec::new();
        };
        let mut words = open.passages(context);
        if let Some(content) = open.content {
            words.extend(passages(context, content));
        }
        words
    }

    fn update(
        &self,
        session: &mut Session,
        command: &Command,
        given: Given,
    ) -> Option<Vec<Effect>> {
        match command {
            Command::OpenRow(id) => Some(session.open_row(id.clone(), given.now_ms)),
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "読みたいものを 1回 押すと、くわしく 読めます。「つぎ」を押すと、下のほうが 見えます。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("list", at(Connection::Online, &[tile("city-news")])),
            Scene::of("departures", at(Connection::Online, &[tile("bus")])),
            Scene::of("events", at(Connection::Online, &[tile("gatherings")])),
            Scene::of("places", at(Connection::Online, &[tile("clinics")])),
            Scene::of("places-own", counted_from_home(&[])),
        ]
    }
}

/// A row of a tile's list, as a touch opens it.
///
/// # Panics
/// If the demonstration lacks it, which a test rules out.
pub fn nth(service: &str, index: usize) -> Command {
    let snapshot = snapshot();
    let content = snapshot.contents.get(&id(service)).expect("a tile");
    let counting = Counting {
        origin: Origin::Town(None),
        may_choose: false,
    };
    let rows = rows(content, &Profile::default(), counting, now());
    Command::OpenRow(rows[index].id.to_string())
}

/// What can be read of the rows.
fn passages(context: &ScreenContext, content: &Content) -> Vec<Passage> {
    let (session, language) = (context.session, context.language());
    let mut words = Vec::new();
    let counting = Counting::of(session);
    for row in rows(content, &session.profile, counting, context.now) {
        let RowView {
            id, title, date, ..
        } = row;
        if id == ORIGIN_ROW {
            let spoken = now_from_spoken(counting.origin, language);
            words.push(Passage::with_reading(date.as_str(), spoken));
            words.push(Passage::of(title.as_str()));
            continue;
        }
        for text in [date, title] {
            if !text.trim().is_empty() {
                words.push(Passage::of(text.as_str()));
            }
        }
    }
    words
}

/// The rows that are shown; nobody turns to the hundredth.
const ROWS: usize = 60;

/// From where the ways of a list are counted, and whether somebody may choose that.
#[derive(Debug, Clone, Copy)]
pub struct Counting<'o> {
    /// From where.
    pub origin: Origin<'o>,
    /// There is something to choose from.
    pub may_choose: bool,
}

impl<'o> Counting<'o> {
    /// As it is on the tile that is open.
    pub fn of(session: &'o Session) -> Self {
        Self {
            origin: session.origin(),
            may_choose: session.may_choose_neighbourhood(),
        }
    }
}

/// The rows of content that has a list.
pub fn rows(
    content: &Content,
    profile: &Profile,
    counting: Counting,
    now: Timestamp,
) -> Vec<RowView> {
    let today = in_japan(now).date();
    let language = profile.language;
    match content {
        Content::Feed { articles } => first(articles, |it| of_article(it, profile, today)),
        Content::Places { places } => {
            let origin = counting.origin;
            let mut rows = first(&origin.nearest_first(places), |it| {
                of_place(it, origin, language)
            });
            if counting.may_choose && places.iter().any(|place| place.position.is_some()) {
                rows.insert(0, of_origin(origin, language));
            }
            rows
        }
        Content::Events { occurrences } => {
            let to_come: Vec<&Occurrence> = occurrences
                .iter()
                .filter(|occurrence| !is_over(occurrence, now))
                .collect();
            first(&to_come, |it| of_occurrence(it, today, language))
        }
        Content::Timetable(board) => {
            let mut rows = first(upcoming(board, now), |it| of_departure(it, now, language));
            if !board.other_stops.is_empty() {
                rows.insert(0, of_stop(board, language));
            }
            rows
        }
        Content::Measurements { measurements } => first(measurements, of_measurement),
        Content::Weather(_)
        | Content::Warnings(_)
        | Content::Audio(_)
        | Content::Questionnaire(_)
        | Content::Form(_)
        | Content::Page { .. } => Vec::new(),
    }
}

fn first<T>(items: &[T], row: impl Fn(&T) -> RowView) -> Vec<RowView> {
    items.iter().take(ROWS).map(row).collect()
}

fn row(id: &str, title: &str, note: String) -> RowView {
    RowView {
        id: id.into(),
        title: title.into(),
        date: note.into(),
        is_new: false,
    }
}

fn of_article(article: &Article, profile: &Profile, today: Date) -> RowView {
    let published = article.published.map(|at| in_japan(at).date());
    let published = published.map(|day| day_before(profile.language, day, today));
    RowView {
        is_new: is_new(article, profile, today),
        ..row(&article.id, &article.title, published.unwrap_or_default())
    }
}

/// From where the ways are counted; touched, it leads to the choice.
fn of_origin(origin: Origin, language: Language) -> RowView {
    let title = tr(language, "どこから 数えますか");
    row(ORIGIN_ROW, title, now_from(origin, language))
}

fn of_place(place: &Place, origin: Origin, language: Language) -> RowView {
    let note = origin.way_on_a_list(place, language);
    let note = note.or_else(|| place.address.clone()).unwrap_or_default();
    row(&place_id(place), &place.name, note)
}

fn of_occurrence(occurrence: &Occurrence, today: Date, language: Language) -> RowView {
    row(
        &occurrence.id,
        &occurrence.title,
        when_in_words(occurrence, today, language),
    )
}

/// Where the departures are from; touched, it leads to the other stops.
fn of_stop(board: &Departures, language: Language) -> RowView {
    let stop = &board.stop;
    let title = tr!(language, "{stop} から", stop);
    let note = tr(language, "停留所を 変える");
    row(STOPS_ROW, &title, note.to_owned())
}

fn of_departure(departure: &Departure, now: Timestamp, language: Language) -> RowView {
    let seconds = departure.at.duration_since(now).as_secs();
    let today = in_japan(now).date();
    let note = match (seconds + 59).max(0) / 60 {
        0 => tr(language, "まもなく").to_owned(),
        minutes @ 1..60 => tr!(language, "あと {minutes}分", minutes),
        _ => day_after(language, in_japan(departure.at).date(), today),
    };
    let title = departure_title(departure, language);
    row(&departure_id(departure), &title, note)
}

fn of_measurement(measurement: &Measurement) -> RowView {
    let unit = measurement.unit.as_deref().unwrap_or_default();
    let title = format!("{} {}{unit}", measurement.name, measurement.value);
    row(&measurement.id, &title, String::new())
}
