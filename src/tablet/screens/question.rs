//! One question with large answers: the words of what is asked and of what can be said.

use kairan_contract::{Language, Mood, TextSize};
use kairan_text::{Message, language_name, message, tr};
use kairan_ui::{ChoiceView, QuestionView};
use slint::Color;

use super::{
    icon,
    reminders::{errand_in_words, weekday_in_words},
};
use crate::{
    profile::{Loudness, Pace, Profile},
    session::{
        Session, first_use,
        question::{Choice, Question, Touched},
        reminders::{Call, Days},
    },
};

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
        Question::CheckIn => (
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

fn answer(question: Question, choice: Choice, choices: &Profile) -> ChoiceView {
    let language = choices.language;
    if let (Question::TouchTest(touched), Choice::Field(field)) = (question, choice) {
        return ChoiceView {
            words: (field + 1).to_string().into(),
            current: touched.has(field),
            ..ChoiceView::default()
        };
    }
    let mut view = ChoiceView {
        words: words(question, choice, choices.language).into(),
        note: note(choice, language).into(),
        current: is_current(choice, choices),
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

fn is_current(choice: Choice, choices: &Profile) -> bool {
    match choice {
        Choice::TextSize(size) => size == choices.text_size,
        Choice::Loudness(loudness) => loudness == choices.loudness,
        Choice::Pace(pace) => pace == choices.pace,
        Choice::Consent(consent) => choices.consent == Some(consent),
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
