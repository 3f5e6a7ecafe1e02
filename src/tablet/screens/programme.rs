//! An audio programme: the step that is shown.

use kairan_contract::{Content, Language, Programme, ScreenName, Sha256};
use kairan_text::tr;
use kairan_ui::{Face, ProgrammeFace, ProgrammeView, TabletWindow};
use slint::{ComponentHandle as _, Image};

use super::{
    head,
    scene::{Scene, at, tile},
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    session::{Command, Connection, Effect, Playing, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("programme");

/// An audio programme.
pub struct ProgrammeScreen;

impl Screen for ProgrammeScreen {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.open_content(), Some(Content::Audio(_)))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, pictures: Pictures) {
        let Some(open) = head::open_service(context.session) else {
            return;
        };
        window.global::<Face>().set_head(open.head(context));
        if let Some((playing, programme)) = context.session.open_programme() {
            let view = view(playing, programme, context.language(), pictures);
            window.global::<ProgrammeFace>().set_view(view);
        }
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let Some(open) = head::open_service(context.session) else {
            return Vec::new();
        };
        let mut words = open.passages(context);
        if let Some((playing, programme)) = context.session.open_programme() {
            let view = view(playing, programme, context.language(), |_| None);
            words.extend(spoken([view.progress, view.words]));
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
            Command::ProgrammeRun => Some(session.run_programme(given.now_ms)),
            Command::ProgrammeStep(by) => Some(session.step_programme(*by, given.now_ms)),
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "「はじめる」を押すと、声に 合わせて 進みます。とめたいときは、もう一度 押してください。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("programme", at(Connection::Online, &[tile("exercise")])),
            Scene::of(
                "programme-runs",
                at(
                    Connection::Online,
                    &[tile("exercise"), Command::ProgrammeRun],
                ),
            ),
        ]
    }
}

/// The step, with its picture if it is ready.
pub fn view(
    playing: &Playing,
    programme: &Programme,
    language: Language,
    picture: impl Fn(Sha256) -> Option<Image>,
) -> ProgrammeView {
    let steps = programme.steps.len();
    let number = playing.step + 1;
    let Some(step) = playing.shown(programme) else {
        return ProgrammeView::default();
    };
    let shown = step.picture.as_ref();
    let loaded = shown.and_then(|it| picture(it.sha256));
    let left = step.seconds.map(|seconds| {
        let ran = playing.ran_ms / 1000;
        let left = u64::from(seconds).saturating_sub(ran);
        tr!(language, "あと {left}秒", left)
    });
    let words = if playing.is_over {
        tr(language, "おわりです。おつかれさまでした。")
    } else {
        step.words.as_str()
    };
    let (width, height) = shown.map_or((0, 0), |it| (it.width, it.height));
    ProgrammeView {
        words: words.into(),
        progress: tr!(language, "{number}つめ ／ {steps}つ", number, steps).into(),
        picture_width: loaded
            .as_ref()
            .and_then(|_| i32::try_from(width).ok())
            .unwrap_or(0),
        picture_ratio: ratio(width, height),
        picture: loaded.unwrap_or_default(),
        remaining: left.filter(|_| !playing.is_over).unwrap_or_default().into(),
        running: playing.is_running,
        over: playing.is_over,
        first: playing.step == 0,
        last: number >= steps,
    }
}

/// The height of a picture, its width being 1.
#[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
fn ratio(width: u32, height: u32) -> f32 {
    if width == 0 {
        1.0
    } else {
        height as f32 / width as f32
    }
}
