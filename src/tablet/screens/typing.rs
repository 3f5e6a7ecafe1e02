//! The board on which words and numbers are typed.

use kairan_contract::{Language, ScreenName};
use kairan_text::{message, tr};
use kairan_ui::{BoardKeyView, TabletWindow, TypingFace, TypingView};
use slint::ComponentHandle as _;

use super::{
    form_scenes::{form_steps, typing_about},
    form_words::era,
    model::refilled,
    scene::Scene,
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    session::{Command, Effect, Session, form::TypedFor},
    speech::Passage,
    typing::Alphabet,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("typing");

/// The board.
pub struct Typing;

impl Screen for Typing {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        session.uncovered().is_some() && session.typed_for().is_some()
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let Some((view, keys)) = view(context) else {
            return;
        };
        let face = window.global::<TypingFace>();
        face.set_view(view);
        face.set_keys(refilled(&face.get_keys(), keys));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let view = view(context).map(|(view, _)| view);
        spoken(view.into_iter().flat_map(|view| [view.title, view.text]))
    }

    fn has_standard_letters(&self) -> bool {
        true
    }

    fn own_commands(&self) -> &'static [&'static str] {
        &["type", "typed"]
    }

    fn update(
        &self,
        session: &mut Session,
        command: &Command,
        given: Given,
    ) -> Option<Vec<Effect>> {
        match command {
            Command::Own(name, key) if name == "type" => {
                Some(session.press_board(key, given.now_ms))
            }
            Command::Own(name, _) if name == "typed" => {
                Some(session.take_typed(given.now, given.now_ms))
            }
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "さいしょに「あ か さ た な」の どれかを 押し、つぎに 文字を 押します。「゛゜小」を 押すと、さいごの文字が かわります。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("typing-rows", typing_about(0)),
            Scene::of("typing-letters", typing_about(1)),
            Scene::of("typing-words", form_steps("shopping", 5)),
            Scene::of("typing-telephone", typing_about(2)),
            Scene::of("typing-block", typing_about(3)),
            Scene::of("typing-year", form_steps("visit", 2)),
        ]
    }
}

fn view(context: &ScreenContext) -> Option<(TypingView, Vec<BoardKeyView>)> {
    let (session, language) = (context.session, context.language());
    let (of, board) = (session.typed_for()?, session.board()?);
    let question = session.form_question();
    let asked = || question.map_or_else(String::new, |(_, it, _)| it.words.clone());
    let title = match &of {
        TypedFor::Words(..) | TypedFor::Number(..) => asked(),
        TypedFor::BirthYear(_, _, it) => {
            let era = era(language, *it);
            tr!(language, "{era} 何年に 生まれましたか。", era)
        }
        TypedFor::Name => tr(language, "お名前を かなで 書いてください").to_owned(),
        TypedFor::Telephone => tr(language, "電話番号を 押してください").to_owned(),
        TypedFor::Town => tr(language, "おすまいの 町を かなで 書いてください").to_owned(),
        TypedFor::Block => tr(language, "番地を 押してください").to_owned(),
        TypedFor::Building => tr(language, "たてものと 部屋の番号（なければ そのまま）").to_owned(),
    };
    let is_kana = board.alphabet() == Alphabet::Kana;
    let hint = match (is_kana, board.has_open_row()) {
        (true, false) => message("ぎょうを えらびます"),
        (true, true) => message("文字を えらびます"),
        (false, _) => message("数字を 押します"),
    };
    let is_empty = board.text().trim().is_empty();
    let done = if is_empty && session.is_typed_whole(context.now) {
        message("なしで つぎへ")
    } else {
        message("これで よい")
    };
    let view = TypingView {
        title: title.into(),
        text: board.text().into(),
        hint: hint.tr(language).into(),
        kana: is_kana,
        hyphens: board.alphabet() == Alphabet::DigitsAndHyphens,
        whole: session.is_typed_whole(context.now),
        done: done.tr(language).into(),
    };
    let keys = board.keys().map(|key| BoardKeyView {
        words: key.words.into(),
        open: key.is_open,
        letter: !key.opens && is_kana,
    });
    Some((view, keys.to_vec()))
}
