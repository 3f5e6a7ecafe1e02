//! A question whose answers are chosen: of a form, of what is told of the resident, or whether a request is to end.

use jiff::Timestamp;
use kairan_contract::{AnswerType, AnswerValue, FormQuestion, Language, RequestStatus, ScreenName};
use kairan_text::{message, tr};
use kairan_ui::{ChoiceView, QuestionView, TabletWindow};

use super::{
    about_me, choices,
    form_intro::telephone_choice,
    form_scenes::{form_steps, home_town, request_scene},
    form_words::{era, hour, notice, until, window, yen},
    scene::Scene,
    screen::{Given, Pictures, Screen, ScreenContext},
};
use crate::{
    dates::in_japan,
    form_draft::{AnswerPart, FormDraft, FormPlace, Offered},
    session::{
        Command, Effect, Route, Session,
        form::PersonAnswer,
        search::{Offered as Found, Search, head_of, offered},
    },
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("form_question");

/// A question whose answers are chosen.
pub struct FormQuestionScreen;

impl Screen for FormQuestionScreen {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        match session.uncovered() {
            Some(Route::Form(_, FormPlace::Person) | Route::EndRequest(_)) => true,
            Some(Route::HomeTown(_)) => session.content.is_some(),
            Some(Route::Form(_, FormPlace::Question(_, part))) => {
                let question = session.form_question();
                question.is_some_and(|(draft, question, _)| is_chosen(draft, question, part))
            }
            _ => false,
        }
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        choices::show(window, view(context));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        choices::describe(&view(context))
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
        if given.screen != NAME {
            return None;
        }
        match session.route() {
            Route::Form(_, FormPlace::Person) => Some(session.choose_person(*index)),
            Route::EndRequest(_) => Some(session.end_request(*index, given.now_ms)),
            Route::HomeTown(search) => {
                let search = *search;
                Some(session.choose_home_town(search, *index))
            }
            Route::Form(..) => Some(session.choose_in_form(*index, given.now, given.now_ms)),
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "あてはまる 答えを 1回 押してください。まちがえたら「もどる」を 押してください。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("form-one-of", form_steps("consultation", 2)),
            Scene::of("form-some-of", form_steps("consultation", 1)),
            Scene::of("form-yes-no", form_steps("consultation", 3)),
            Scene::of("form-window", form_steps("shopping", 3)),
            Scene::of("form-groups", form_steps("shopping", 2)),
            Scene::of("form-birthday", form_steps("visit", 1)),
            Scene::of("form-birthday-month", form_steps("visit", 3)),
            Scene::of("form-birthday-day", form_steps("visit", 4)),
            Scene::of("form-consent", form_steps("consultation", 6)),
            Scene::of("form-person", form_steps("shopping", 7)),
            Scene::of("form-person-unknown", form_steps("shopping-unknown", 7)),
            Scene::of("home-town", home_town(0)),
            Scene::of("home-town-names", home_town(1)),
            Scene::of("request-withdraw", request_scene("withdraw")),
            Scene::of("request-cancel-late", request_scene("cancel-late")),
        ]
    }
}

/// Whether a question is answered by choosing among large answers.
fn is_chosen(draft: &FormDraft, question: &FormQuestion, part: &AnswerPart) -> bool {
    match question.answer {
        AnswerType::OneOf { .. }
        | AnswerType::SomeOf { .. }
        | AnswerType::YesNo
        | AnswerType::Consent
        | AnswerType::Window
        | AnswerType::Birthday => true,
        AnswerType::Day { .. } => *part == AnswerPart::Months,
        AnswerType::Goods { .. } => *part == AnswerPart::Whole && draft.groups().len() > 1,
        AnswerType::Number { .. }
        | AnswerType::Time { .. }
        | AnswerType::Telephone
        | AnswerType::Words { .. }
        | AnswerType::Unknown => false,
    }
}

fn view(context: &ScreenContext) -> (QuestionView, Vec<ChoiceView>) {
    let session = context.session;
    match session.route() {
        Route::Form(_, FormPlace::Person) => person(context),
        Route::EndRequest(_) => end(context),
        Route::HomeTown(search) => town(context, *search),
        _ => question(context),
    }
}

/// The heading of a question: the form's name, the question, and what helps to answer it or is to be told.
pub fn heading(session: &Session) -> QuestionView {
    let language = session.profile.language;
    let Some((draft, question, part)) = session.form_question() else {
        return QuestionView::default();
    };
    let told = draft.notice.map(|it| notice(language, it));
    let hint = question.hint.as_deref();
    let explanation = match (told, hint, part) {
        (Some(told), _, _) => told,
        (None, Some(hint), AnswerPart::Whole) => hint,
        _ => "",
    };
    QuestionView {
        progress: draft.form.title.as_str().into(),
        title: question.words.as_str().into(),
        explanation: explanation.into(),
        short: 0,
    }
}

fn question(context: &ScreenContext) -> (QuestionView, Vec<ChoiceView>) {
    let session = context.session;
    let Some((draft, question, part)) = session.form_question() else {
        return Default::default();
    };
    let mut view = heading(session);
    let offered = session.form_offered(context.now);
    let is_short = |it: &&Offered| matches!(it, Offered::BirthMonth(_) | Offered::BirthDay(_));
    view.short = i32::try_from(offered.iter().take_while(is_short).count()).unwrap_or(0);
    if let AnswerPart::BirthMonth(_) | AnswerPart::BirthDay(..) = part {
        let words = match part {
            AnswerPart::BirthMonth(_) => message("何月に 生まれましたか。"),
            _ => message("何日に 生まれましたか。"),
        };
        view.title = words.tr(context.language()).into();
    }
    let choices = offered.iter();
    let choices = choices.map(|it| choice(context.language(), draft, question, it, context.now));
    (view, choices.collect())
}

/// How something that can be chosen stands on the screen.
pub fn choice(
    language: Language,
    draft: &FormDraft,
    question: &FormQuestion,
    offered: &Offered,
    now: Timestamp,
) -> ChoiceView {
    let today = in_japan(now).date();
    let known = draft.value(&question.id);
    let holds = |value: AnswerValue| known == Some(&value);
    let plain = |words: &str, current: bool| ChoiceView {
        words: words.into(),
        current,
        ..ChoiceView::default()
    };
    match offered {
        Offered::Choice(id) => {
            let choices = match &question.answer {
                AnswerType::OneOf { choices } | AnswerType::SomeOf { choices } => {
                    choices.as_slice()
                }
                _ => &[],
            };
            let words = choices.iter().find(|it| it.id == *id);
            let current = match known {
                Some(AnswerValue::OneOf { choice }) => choice == id,
                Some(AnswerValue::SomeOf { choices }) => choices.contains(id),
                _ => false,
            };
            plain(words.map_or("", |it| it.words.as_str()), current)
        }
        Offered::Yes(yes) => {
            let words = if *yes {
                message("はい")
            } else {
                message("いいえ")
            };
            plain(words.tr(language), holds(AnswerValue::YesNo { yes: *yes }))
        }
        Offered::Agree(agrees) => {
            let words = if *agrees {
                message("はい、同意します")
            } else {
                message("いいえ、同意しません")
            };
            let current = holds(AnswerValue::Consent { agrees: *agrees });
            plain(words.tr(language), current)
        }
        Offered::Window(id, is_free) => {
            let found = draft.form.windows.iter().find(|it| it.id == *id);
            let words = found
                .map(|it| window(language, it, today))
                .unwrap_or_default();
            let note = match found {
                Some(it) if *is_free => {
                    let at = until(language, it.ask_until, today);
                    tr!(language, "{at}までに たのめます", at)
                }
                Some(it) if it.is_full => tr(language, "いっぱいです").to_owned(),
                _ => tr(language, "もう まにあいません").to_owned(),
            };
            ChoiceView {
                note: note.into(),
                current: *is_free && holds(AnswerValue::Window { window: id.clone() }),
                ..plain(&words, false)
            }
        }
        Offered::Time(time) => plain(
            &hour(language, *time),
            holds(AnswerValue::Time { time: *time }),
        ),
        Offered::Day(day) => plain(
            &crate::dates::day_after(language, *day, today),
            holds(AnswerValue::Day { day: *day }),
        ),
        Offered::OtherDays => plain(tr(language, "ほかの日を えらぶ"), false),
        Offered::Month(year, number) => {
            let month = month_of(language, *year, *number);
            let words = if *year == today.year() {
                month.to_owned()
            } else {
                tr!(language, "{year}年 {month}", year, month)
            };
            plain(&words, false)
        }
        Offered::Group(group) => group_choice(language, draft, question, *group),
        Offered::Era(it) => plain(era(language, *it), false),
        Offered::BirthMonth(number) => plain(month_of(language, today.year(), *number), false),
        Offered::BirthDay(day) => plain(
            &tr!(language, "a day of a month" => "{number}日", number = day),
            false,
        ),
        Offered::Next => ChoiceView {
            strong: true,
            ..plain(tr(language, "これで よい"), false)
        },
        Offered::Skip => plain(tr(language, "こたえないで つぎへ"), false),
        Offered::Telephone => telephone_choice(language),
    }
}

/// A month as it is called.
fn month_of(language: Language, year: i16, number: i8) -> &'static str {
    let first = jiff::civil::Date::new(year, number, 1);
    first.map_or("", |first| crate::dates::month(language, first))
}

fn group_choice(
    language: Language,
    draft: &FormDraft,
    question: &FormQuestion,
    group: usize,
) -> ChoiceView {
    let goods = draft.goods_of(group);
    let name = draft.groups().get(group).copied().unwrap_or_default();
    let name = if name.is_empty() {
        tr(language, "そのほか")
    } else {
        name
    };
    let chosen: u32 = goods
        .iter()
        .map(|good| u32::from(draft.amount(&question.id, &good.id)))
        .sum();
    let note = if chosen > 0 {
        tr!(language, "{chosen}こ えらびました", chosen)
    } else {
        let count = goods.len();
        tr!(language, "{count}しゅるい", count)
    };
    ChoiceView {
        words: name.into(),
        note: note.into(),
        current: chosen > 0,
        ..ChoiceView::default()
    }
}

/// What is known of the resident, and whether it is right.
fn person(context: &ScreenContext) -> (QuestionView, Vec<ChoiceView>) {
    let (session, language) = (context.session, context.language());
    let Some((draft, _)) = session.form_on_screen() else {
        return Default::default();
    };
    let to = about_me::told_to(session, &draft.service);
    let about = &session.personal.about;
    let lines = about_me::lines(language, about, &draft.form.needs);
    let is_known = draft.knows_person(about);
    let title = if is_known {
        tr(language, "このとおりですか。")
    } else {
        tr(language, "書いてください。")
    };
    let lines = lines
        .into_iter()
        .map(|(field, value)| format!("{field}：{value}"));
    let lines: Vec<String> = std::iter::once(tr!(language, "{to}に つたえます。", to))
        .chain(lines)
        .collect();
    let choices = session.person_answers().into_iter().map(|it| {
        let (words, strong) = match it {
            PersonAnswer::Right => (message("このとおりです"), true),
            PersonAnswer::Wrong => (message("ちがいます"), false),
            PersonAnswer::Write => (message("書く"), true),
            PersonAnswer::Telephone => return telephone_choice(language),
        };
        ChoiceView {
            words: words.tr(language).into(),
            strong,
            ..ChoiceView::default()
        }
    });
    let view = QuestionView {
        progress: slint::SharedString::default(),
        title: title.into(),
        explanation: lines.join("\n").into(),
        short: 0,
    };
    (view, choices.collect())
}

/// Whether a request is to be withdrawn or cancelled.
fn end(context: &ScreenContext) -> (QuestionView, Vec<ChoiceView>) {
    let (session, language) = (context.session, context.language());
    let Some(asked) = session.asked_on_screen() else {
        return Default::default();
    };
    let title = super::request_words::title(session, &asked);
    let is_confirmed = asked.status() == Some(RequestStatus::Confirmed);
    let is_late = is_confirmed && asked.is_late(context.now);
    let service = crate::session::requests_made::service_of(&asked);
    let form = service.and_then(|service| session.delivered_form(service));
    let cost = form.and_then(|(form, _)| form.late_cancel.clone());
    let explanation = if is_late {
        let told = tr(
            language,
            "取り消せる 時間を すぎています。取り消せるかどうか、お返事が 来ます。",
        );
        format!("{told}{}", cost.unwrap_or_default())
    } else {
        tr(language, "お金は かかりません。").to_owned()
    };
    let view = QuestionView {
        progress: title.as_str().into(),
        title: tr(language, "取り消しますか。").into(),
        explanation: explanation.into(),
        short: 0,
    };
    let choices = [
        message("はい、取り消します"),
        message("いいえ、そのままに します"),
    ];
    let choices = choices.into_iter().map(|words| ChoiceView {
        words: words.tr(language).into(),
        ..ChoiceView::default()
    });
    (view, choices.collect())
}

/// The part of the town of the resident's address.
fn town(context: &ScreenContext, search: Search) -> (QuestionView, Vec<ChoiceView>) {
    let language = context.language();
    let Some(content) = &context.session.content else {
        return Default::default();
    };
    let found = offered(&content.neighbourhoods, search);
    let words: Vec<String> = match &found {
        Found::Rows(rows) => rows.iter().map(|row| head_of(*row).to_owned()).collect(),
        Found::Letters(letters) => letters.iter().map(char::to_string).collect(),
        Found::Names(names) => names.iter().map(|it| it.name.clone()).collect(),
    };
    let short = match found {
        Found::Names(_) => 0,
        _ => words.len(),
    };
    let title = match (search, short) {
        (Search::Begin, _) => tr(language, "おすまいの 町は どこですか。").to_owned(),
        (Search::Row(row), 1..) => {
            let head = head_of(row);
            tr!(
                language,
                "「{head}」の行の どの 文字で はじまりますか",
                head
            )
        }
        (Search::Row(row), _) => {
            let head = head_of(row);
            tr!(language, "おすまいの 町は どれですか（{head}）", head)
        }
        (Search::Letter(_, letter), _) => {
            tr!(language, "おすまいの 町は どれですか（{letter}）", letter)
        }
    };
    let explanation = match search {
        Search::Begin if short > 0 => tr(language, "町の 名前の さいしょの 文字を えらびます。"),
        _ => "",
    };
    let view = QuestionView {
        progress: tr(language, "わたしのこと").into(),
        title: title.into(),
        explanation: explanation.into(),
        short: i32::try_from(short).unwrap_or(0),
    };
    let choices = words.into_iter().map(|words| ChoiceView {
        words: words.into(),
        ..ChoiceView::default()
    });
    (view, choices.collect())
}

/// The sum of what is chosen so far: 3こ 合計 700円.
pub fn sum(language: Language, draft: &FormDraft, question: &FormQuestion) -> String {
    let chosen = draft.chosen(&question.id);
    let count: u32 = chosen.iter().map(|it| u32::from(it.amount)).sum();
    let Some(total) = draft.total().filter(|_| count > 0) else {
        return tr(language, "まだ えらんでいません").to_owned();
    };
    let total = yen(language, total);
    match draft.form.delivery_fee {
        Some(_) => tr!(
            language,
            "{count}こ お届け料も いれて {total}",
            count,
            total
        ),
        None => tr!(language, "{count}こ あわせて {total}", count, total),
    }
}
