//! One article or page.

use kairan_text::tr;
use std::rc::Rc;

use jiff::Timestamp;
use kairan_contract::{Article, Block, Language, ScreenName, Sha256};
use kairan_ui::{ArticleFace, ArticleView, BlockKind, BlockView, Face, TabletWindow};
use slint::{ComponentHandle as _, Image, Model as _, SharedString, VecModel};

use super::{
    head,
    list::nth,
    scene::{Scene, at, counted_from_home, tile},
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    dates::{date_from, in_japan, sentences},
    session::{Command, Connection, Effect, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("article");

/// One article or page.
pub struct ArticleScreen;

impl Screen for ArticleScreen {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(
            session.uncovered_content(),
            Some(Route::Service(_) | Route::Article(..))
        )
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, pictures: Pictures) {
        let Some(open) = head::open_service(context.session) else {
            return;
        };
        window.global::<Face>().set_head(open.head(context));
        let view = view_of(context, &open.entry.service.title, pictures);
        window.global::<ArticleFace>().set_view(view);
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let Some(open) = head::open_service(context.session) else {
            return Vec::new();
        };
        let mut words = open.passages(context);
        let view = view_of(context, &open.entry.service.title, |_| None);
        words.extend(spoken([view.title, view.date]));
        let blocks = view.blocks.iter();
        let blocks = blocks.filter(|block| block.kind != BlockKind::Picture);
        words.extend(spoken(blocks.map(|block| block.text)));
        words
    }

    fn update(&self, session: &mut Session, command: &Command, _: Given) -> Option<Vec<Effect>> {
        match command {
            Command::ArticleEndSeen => {
                session.note_end_seen();
                Some(Vec::new())
            }
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
        vec![
            Scene::of(
                "article",
                at(
                    Connection::Online,
                    &[tile("city-news"), nth("city-news", 0)],
                ),
            ),
            Scene::of(
                "article-list",
                at(
                    Connection::Online,
                    &[tile("city-news"), nth("city-news", 1)],
                ),
            ),
            Scene::of("page", at(Connection::Online, &[tile("garbage")])),
            Scene::of("warnings", at(Connection::Online, &[tile("warnings")])),
            Scene::of(
                "departure",
                at(Connection::Online, &[tile("bus"), nth("bus", 0)]),
            ),
            Scene::of(
                "event",
                at(
                    Connection::Online,
                    &[tile("gatherings"), nth("gatherings", 0)],
                ),
            ),
            Scene::of(
                "place",
                at(Connection::Online, &[tile("clinics"), nth("clinics", 0)]),
            ),
            Scene::of("place-own", counted_from_home(&[nth("clinics", 0)])),
        ]
    }
}

fn view_of(
    context: &ScreenContext,
    title: &str,
    picture: impl Fn(Sha256) -> Option<Image>,
) -> ArticleView {
    let language = context.language();
    match context.session.article() {
        Some((_, found)) => view(&found, context.now, language, picture),
        None => not_here_yet(title, language),
    }
}

/// The article, with the pictures that `picture` has. One that is still coming is empty and keeps its
/// room, so that nothing jumps when it comes; for one that cannot be shown its words stand alone.
pub fn view(
    article: &Article,
    now: Timestamp,
    language: Language,
    picture: impl Fn(Sha256) -> Option<Image>,
) -> ArticleView {
    let blocks: Vec<BlockView> = article
        .body
        .iter()
        .flat_map(|block| block_views(block, &picture))
        .collect();
    let published = article.published.map(|at| {
        let (day, today) = (in_japan(at).date(), in_japan(now).date());
        date_from(language, day, today)
    });
    ArticleView {
        title: article.title.as_str().into(),
        date: published.unwrap_or_default().into(),
        blocks: Rc::new(VecModel::from(blocks)).into(),
    }
}

/// What stands where content has not come yet.
pub fn not_here_yet(title: &str, language: Language) -> ArticleView {
    let words = tr(
        language,
        "まだ 届いていません。しばらくしてから、もう一度 見てください。",
    );
    let block = BlockView {
        kind: BlockKind::Paragraph,
        text: words.into(),
        ..BlockView::default()
    };
    ArticleView {
        title: title.into(),
        date: SharedString::default(),
        blocks: Rc::new(VecModel::from(vec![block])).into(),
    }
}

/// A picture, a heading, or the sentences of a paragraph: each begins its own line, which is easier
/// to read, and is marked by itself when it is read aloud.
fn block_views(block: &Block, picture: &impl Fn(Sha256) -> Option<Image>) -> Vec<BlockView> {
    let (kind, text) = match block {
        Block::Heading { text } => (BlockKind::Heading, text),
        Block::Paragraph { text } => (BlockKind::Paragraph, text),
        Block::ListItem { text } => (BlockKind::ListItem, text),
        Block::Picture { picture: found } => match picture(found.sha256) {
            Some(shown) => {
                return vec![BlockView {
                    kind: BlockKind::Picture,
                    text: found.alternative.as_str().into(),
                    picture: shown,
                    picture_width: i32::try_from(found.width).unwrap_or(1),
                    picture_ratio: ratio(found.height, found.width),
                    follows: false,
                }];
            }
            None if found.alternative.is_empty() => return Vec::new(),
            None => (BlockKind::Paragraph, &found.alternative),
        },
    };
    let words = |(index, text): (usize, &str)| BlockView {
        kind,
        text: text.into(),
        follows: index > 0,
        ..BlockView::default()
    };
    if kind == BlockKind::Paragraph {
        sentences(text).enumerate().map(words).collect()
    } else {
        vec![words((0, text))]
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the ratio of two sides of a picture needs no 64 bits"
)]
fn ratio(height: u32, width: u32) -> f32 {
    (f64::from(height) / f64::from(width.max(1))) as f32
}
