//! One question with large answers: the words of what is asked and of what can be said.

use std::sync::Arc;

use kairan_contract::{Language, Mood, Neighbourhood, ScreenName, TextSize};
use kairan_text::{Message, language_name, message, tr};
use kairan_ui::{ChoiceView, QuestionView, TabletWindow};
use slint::Color;

use super::{
    choices, neighbourhood,
    reminders::{errand_in_words, weekday_in_words},
    scene::{
        Scene, acted, at, at_first_use, first_steps, helper_page, in_the_morning, looking_for_home,
        making_a_reminder, reminding, tile, when_due,
    },
    screen::{Given, Pictures, Screen, ScreenContext},
};
use crate::{
    demonstration::snapshot,
    profile::{Loudness, Pace, Profile},
    reminders::{Call, Days, PromptKind},
    screens::icons::icon,
    session::{
        Command, Connection, Effect, Route, Session, first_use,
        neighbourhood::ORIGIN_ROW,
        question::{Choice, Question, Touched},
    },
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("question");

/// One question with large answers.
pub struct QuestionScreen;

impl Screen for QuestionScreen {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        let is_due = session
            .due()
            .is_some_and(|due| matches!(due.kind, PromptKind::CheckIn(_)));
        let is_route = match session.uncovered() {
            Some(Route::Question(_)) => true,
            Some(Route::Neighbourhood(_)) => session.content.is_some(),
            _ => false,
        };
        is_due || is_route
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let session = context.session;
        if let Some(search) = session.search() {
            choices::show(window, neighbourhood::view(session, search));
        } else if let Some(asked) = session.question() {
            choices::show(window, (view(session, asked), answers(session, asked)));
        }
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let session = context.session;
        if session.search().is_some() {
            return neighbourhood::passages(session);
        }
        let asked = session.question();
        asked.map_or_else(Vec::new, |asked| {
            choices::describe(&(view(session, asked), answers(session, asked)))
        })
    }

    fn update(
        &self,
        session: &mut Session,
        command: &Command,
        given: Given,
    ) -> Option<Vec<Effect>> {
        let Command::Choose(index) = command else {
            return None;
        };
        if let Route::Neighbourhood(search) = session.route() {
            let search = *search;
            return Some(session.choose_neighbourhood(search, *index));
        }
        matches!(session.route(), Route::Question(_))
            .then(|| session.choose(*index, given.now, given.now_ms))
    }

    fn purpose(&self, language: Language) -> &'static str {
        choices::purpose(language)
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of(
                "call-back",
                at(Connection::Online, &[Command::Help, Command::CallBack]),
            ),
            Scene::of(
                "errand",
                at(
                    Connection::Online,
                    &[Command::Reminders, Command::NewReminder],
                ),
            ),
            Scene::of("days", at(Connection::Online, &making_a_reminder(2))),
            Scene::of("weekday", at(Connection::Online, &making_a_reminder(3))),
            Scene::of(
                "reminder-remove",
                reminding(&[
                    Command::Reminders,
                    Command::OpenReminder(1),
                    Command::Choose(2),
                ]),
            ),
            Scene::of("check-in", when_due(9, 30)).when(in_the_morning(9, 30)),
            Scene::of("first-language", at_first_use(&[])),
            Scene::of("first-text-size", at_first_use(&[Command::Choose(0)])),
            Scene::of("first-loudness", at_first_use(&first_steps(2))),
            Scene::of("first-consent", at_first_use(&first_steps(7))),
            Scene::of(
                "touch-test",
                helper_page_with(&[Command::Choose(2), Command::Choose(0)]),
            ),
            Scene::of(
                "neighbourhood",
                at(Connection::Online, &looking_for_home(0)),
            ),
            Scene::of(
                "neighbourhood-names",
                at(Connection::Online, &looking_for_home(1)),
            ),
            Scene::of("neighbourhood-many", in_a_large_city()),
        ]
    }
}

fn in_a_large_city() -> Session {
    let mut snapshot = snapshot();
    let one = snapshot.neighbourhoods[0].clone();
    snapshot.neighbourhoods = (0..400)
        .map(|number| Neighbourhood {
            name: format!("上新田北町{number}丁目"),
            reading: Some(["かみ", "きた", "くろ", "けや", "こじ"][number % 5].to_owned()),
            ..one.clone()
        })
        .collect();
    let session = Session::new(Some(Arc::new(snapshot)), Profile::practised(), true);
    let touches = [
        tile("clinics"),
        Command::OpenRow(ORIGIN_ROW.to_owned()),
        Command::Choose(0),
    ];
    acted(session, &touches)
}

fn helper_page_with(actions: &[Command]) -> Session {
    acted(helper_page(), actions)
}

/// The colour of the icons beside answers.
const GREEN: Color = Color::from_rgb_u8(0x0b, 0x4f, 0x4a);
const AMBER: Color = Color::from_rgb_u8(0x8a, 0x5a, 0x00);
const RED: Color = Color::from_rgb_u8(0xab, 0x1f, 0x17);

/// The question on the screen.
pub fn view(session: &Session, question: Question) -> QuestionView {
    let language = session.profile.language;
    let (title, explanation) = asked(session, question);
    let step = first_use::progress(session.route()).filter(|_| session.is_first_use());
    let progress =
        step.map(|(number, of)| tr!(language, "さいしょの 説明 {number} ／ {of}", number, of));
    QuestionView {
        progress: progress.unwrap_or_default().into(),
        title: title.into(),
        explanation: explanation.into(),
        short: 0,
    }
}

/// Its answers.
pub fn answers(session: &Session, question: Question) -> Vec<ChoiceView> {
    let choices = question.choices().into_iter();
    choices
        .map(|choice| answer(question, choice, &session.profile))
        .collect()
}

/// The question, and what explains it.
fn asked(session: &Session, question: Question) -> (String, &'static str) {
    let language = session.profile.language;
    let (title, explanation) = match question {
        Question::Language => (message("ことばを 選んでください"), Message::default()),
        Question::TextSize => (
            message("どれが 読みやすいですか"),
            message("押すと、すぐに その大きさに なります。あとから いつでも 変えられます。"),
        ),
        Question::Loudness => (
            message("どの声が 聞きやすいですか"),
            message("押すと、その大きさで お話しします。"),
        ),
        Question::Pace => (
            message("どの はやさが 聞きやすいですか"),
            message("押すと、その はやさで お話しします。"),
        ),
        Question::Consent => (
            message("使った記録を 役立てても よいですか"),
            message(
                "どの画面を いつ 見たかを 記録して、使いやすくするために 役立てます。名前や 住所、書いたことは 記録しません。「いいえ」でも、このタブレットは 同じように 使えます。あとから いつでも やめられます。",
            ),
        ),
        Question::CheckIn(_) => (
            message("きょうの ちょうしは いかがですか"),
            Message::default(),
        ),
        Question::CheckInAgain => (message("きょうの ちょうしを 聞く時刻"), Message::default()),
        Question::Errand => (message("何を お知らせしますか"), Message::default()),
        Question::Days(_) => (message("いつ お知らせしますか"), Message::default()),
        Question::Weekday(_) => (message("何曜日に お知らせしますか"), Message::default()),
        Question::Call(_) => (message("どのように お知らせしますか"), Message::default()),
        Question::Reminder(id) | Question::RemoveReminder(id) => {
            let mut reminders = session.profile.reminders.iter();
            let known = reminders.find(|it| it.id == id);
            let errand = known.map_or("", |it| errand_in_words(language, it.errand));
            return if matches!(question, Question::Reminder(_)) {
                (errand.to_owned(), "")
            } else {
                (
                    tr!(language, "「{errand}」の お知らせを やめますか", errand),
                    tr(language, "今までの 記録も 消えます。"),
                )
            };
        }
        Question::TouchTest(touched) => touch_test(touched),
        Question::CallBack(_) => (
            message("係の者に 電話を たのみますか"),
            message(
                "貸し出しのときに うかがった 電話番号へ、係の者から お電話します。お金は かかりません。",
            ),
        ),
    };
    let title = title.tr(language);
    (title.to_owned(), explanation.tr(language))
}

/// The title and what explains it.
type Asked = (Message, Message);

fn touch_test(touched: Touched) -> Asked {
    if touched.is_whole() {
        return (
            message("ぜんぶ 届きました"),
            message("画面は 端まで だいじょうぶです。"),
        );
    }
    (
        message("四角を ぜんぶ 1回ずつ 押してください"),
        message("しるしが つかない 四角が あれば、画面が いたんでいます。"),
    )
}

fn answer(question: Question, choice: Choice, profile: &Profile) -> ChoiceView {
    let language = profile.language;
    if let (Question::TouchTest(touched), Choice::Field(field)) = (question, choice) {
        return ChoiceView {
            words: (field + 1).to_string().into(),
            current: touched.has(field),
            ..ChoiceView::default()
        };
    }
    let mut view = ChoiceView {
        words: words(question, choice, profile.language).into(),
        note: note(choice, language).into(),
        current: is_current(choice, profile),
        strong: matches!(choice, Choice::GoOn),
        ..ChoiceView::default()
    };
    let face = match choice {
        Choice::Mood(Mood::Well) => Some(("smiley", GREEN)),
        Choice::Mood(Mood::SoSo) => Some(("smiley-meh", AMBER)),
        Choice::Mood(Mood::Unwell) => Some(("smiley-sad", RED)),
        _ => None,
    };
    if let Some((name, colour)) = face {
        view.icon = icon(name);
        view.colour = colour;
    }
    if let Choice::TextSize(size) = choice {
        view.sample_scale = match size {
            TextSize::Standard => 1.0,
            TextSize::Large => 1.25,
            TextSize::Largest => 1.5,
        };
    }
    view
}

fn is_current(choice: Choice, profile: &Profile) -> bool {
    match choice {
        Choice::TextSize(size) => size == profile.text_size,
        Choice::Loudness(loudness) => loudness == profile.loudness,
        Choice::Pace(pace) => pace == profile.pace,
        Choice::Consent(consent) => profile.consent == Some(consent),
        _ => false,
    }
}

fn words(question: Question, choice: Choice, language: Language) -> &'static str {
    let words = match choice {
        // Each in its own language, so that everybody finds theirs.
        Choice::Language(offered) => return language_name(offered),
        Choice::TextSize(TextSize::Standard) => message("ふつうの文字"),
        Choice::TextSize(TextSize::Large) => message("大きい文字"),
        Choice::TextSize(TextSize::Largest) => message("いちばん大きい文字"),
        Choice::Loudness(loudness) => return loudness_in_words(language, loudness),
        Choice::Pace(pace) => return pace_in_words(language, pace),
        Choice::GoOn => message("これで よい"),
        Choice::Consent(true) => message("はい、役立ててください"),
        Choice::Consent(false) => message("いいえ、記録しないで ください"),
        Choice::Mood(Mood::Well) => message("元気です"),
        Choice::Mood(Mood::SoSo) => message("まあまあです"),
        Choice::Mood(Mood::Unwell) => message("つらいです"),
        Choice::Later => message("あとで"),
        Choice::ChangeTime => message("時刻を 変える"),
        Choice::NoMore => message("聞くのを やめる"),
        Choice::Errand(errand) => return errand_in_words(language, errand),
        Choice::Days(Days::Every) => message("毎日"),
        Choice::Days(Days::Workdays) => message("月曜から 金曜"),
        Choice::Days(Days::Weekly(day)) => return weekday_in_words(language, day),
        Choice::OneDay => message("週に 1日"),
        Choice::Call(Call::ToneAndVoice) => message("音と 声"),
        Choice::Call(Call::Tone) => message("音だけ"),
        Choice::Call(Call::Silent) => message("音は 出さない"),
        Choice::Field(_) => Message::default(),
        Choice::Done => message("きょうは もう すみました"),
        Choice::Remove => message("お知らせを やめる"),
        Choice::Yes => match question {
            Question::RemoveReminder(_) => message("はい、やめます"),
            _ => message("はい、電話を ください"),
        },
        Choice::No => match question {
            Question::RemoveReminder(_) => message("いいえ、つづけます"),
            _ => message("いいえ、いりません"),
        },
    };
    words.tr(language)
}

fn note(choice: Choice, language: Language) -> &'static str {
    match choice {
        Choice::Call(Call::Silent) => tr(language, "画面だけに 出ます"),
        _ => "",
    }
}

/// How loud.
pub fn loudness_in_words(language: Language, loudness: Loudness) -> &'static str {
    let words = match loudness {
        Loudness::Soft => message("小さい声"),
        Loudness::Normal => message("ふつうの声"),
        Loudness::Loud => message("大きい声"),
    };
    words.tr(language)
}

/// How fast.
pub fn pace_in_words(language: Language, pace: Pace) -> &'static str {
    let words = match pace {
        Pace::Slow => message("ゆっくり"),
        Pace::Normal => message("ふつうの はやさ"),
        Pace::Fast => message("はやく"),
    };
    words.tr(language)
}
