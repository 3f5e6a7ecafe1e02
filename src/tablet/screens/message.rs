//! What the council says to everybody: all that holds today, one below the other.

use jiff::Timestamp;
use kairan_contract::{Article, Block, Language, ScreenName};
use kairan_text::tr;
use kairan_ui::{ArticleFace, ArticleView, Face, HeadView, ReminderView, TabletWindow, TileView};
use slint::{Color, ComponentHandle as _, Model as _};

use super::{
    alert::emergency_title,
    article,
    scene::{Scene, at},
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    dates::in_japan,
    library::ContentSnapshot,
    profile::Profile,
    screens::icons::icon,
    session::{
        Command, Connection, Effect, Route, Session, emergencies,
        messages::{is_new, shown},
    },
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("message");

/// What the council says to everybody.
pub struct Messages;

impl Screen for Messages {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered_content(), Some(Route::Messages))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        window.global::<Face>().set_head(head(context.session));
        window
            .global::<ArticleFace>()
            .set_view(view(context.session, context.now));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let view = view(context.session, context.now);
        let blocks = view.blocks.iter().map(|block| block.text);
        spoken(std::iter::once(view.title.clone()).chain(blocks))
    }

    fn update(
        &self,
        session: &mut Session,
        command: &Command,
        given: Given,
    ) -> Option<Vec<Effect>> {
        match command {
            Command::Messages => Some(session.open_messages(given.now)),
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "「つぎ」を押すと つづきが 読めます。「もどる」を押すと 前の画面に もどります。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of(
            "message",
            at(Connection::Online, &[Command::Messages]),
        )]
    }
}

/// The id of the tablet's own tile, which no tile of a catalogue can have.
pub const MESSAGES_TILE: &str = "@messages";

const COLOUR: Color = Color::from_rgb_u8(0x1f, 0x4e, 0x9c);

/// The tile; none while there is nothing to say.
pub fn tile(snapshot: &ContentSnapshot, profile: &Profile, now: Timestamp) -> Option<TileView> {
    let language = profile.language;
    let (manifest, today) = (&snapshot.manifest, in_japan(now).date());
    let count = shown(manifest, today).count() + emergencies(snapshot, now).count();
    let new = shown(manifest, today)
        .filter(|message| is_new(message, profile))
        .count();
    (count > 0).then(|| TileView {
        id: MESSAGES_TILE.into(),
        command: "messages".into(),
        title: tr(language, "市からの お便り").into(),
        line: match new {
            0 => tr(language, "読みました").into(),
            new => tr!(language, "あたらしい お便り {new}件", new).into(),
        },
        icon: icon("envelope-simple"),
        colour: COLOUR,
        is_new: new > 0,
        sample: false,
    })
}

/// The head of the screen.
pub fn head(session: &Session) -> HeadView {
    let language = session.profile.language;
    let council = session
        .content
        .as_ref()
        .map(|snapshot| &snapshot.manifest.council);
    HeadView {
        title: tr(language, "市からの お便り").into(),
        icon: icon("envelope-simple"),
        colour: COLOUR,
        provider: council
            .map(|council| council.name.as_str())
            .unwrap_or_default()
            .into(),
        age: slint::SharedString::default(),
    }
}

/// Every emergency and message that holds now, what is most urgent first.
pub fn view(session: &Session, now: Timestamp) -> ArticleView {
    let language = session.profile.language;
    let today = in_japan(now).date();
    let told: Vec<(String, &str)> = match &session.content {
        Some(snapshot) => emergencies(snapshot, now)
            .map(|it| (emergency_title(language, it), it.text.as_str()))
            .chain(shown(&snapshot.manifest, today).map(|it| (it.title.clone(), it.text.as_str())))
            .collect(),
        None => Vec::new(),
    };
    let Some(((title, text), others)) = told.split_first() else {
        return nothing(now, language);
    };
    let mut body = paragraphs(text);
    for (title, text) in others {
        body.push(Block::Heading {
            text: title.clone(),
        });
        body.extend(paragraphs(text));
    }
    let shown = Article {
        id: MESSAGES_TILE.to_owned(),
        title: title.clone(),
        published: None,
        body,
    };
    article::view(&shown, now, language, |_| None)
}

fn nothing(now: Timestamp, language: Language) -> ArticleView {
    let words = tr(language, "今は お便りが ありません。");
    let shown = Article {
        id: MESSAGES_TILE.to_owned(),
        title: tr(language, "市からの お便り").to_owned(),
        published: None,
        body: vec![Block::Paragraph {
            text: words.to_owned(),
        }],
    };
    article::view(&shown, now, language, |_| None)
}

fn paragraphs(text: &str) -> Vec<Block> {
    let parts = text.split("\n\n").map(str::trim);
    let parts = parts.filter(|part| !part.is_empty());
    parts
        .map(|part| Block::Paragraph {
            text: part.to_owned(),
        })
        .collect()
}

/// The card with which unread messages come forward.
pub fn due(session: &Session, now: Timestamp) -> ReminderView {
    let language = session.profile.language;
    let today = in_japan(now).date();
    let snapshot = session.content.as_ref();
    let first = snapshot.and_then(|snapshot| {
        shown(&snapshot.manifest, today).find(|message| is_new(message, &session.profile))
    });
    ReminderView {
        icon: icon("envelope-simple"),
        title: tr(language, "市から お便りが 届きました").into(),
        words: first
            .map(|message| message.title.as_str())
            .unwrap_or_default()
            .into(),
        done: tr(language, "読む").into(),
    }
}
