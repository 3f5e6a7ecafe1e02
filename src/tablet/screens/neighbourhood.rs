//! The parts of the town, from which a resident chooses from where ways are counted.

use kairan_contract::Language;
use kairan_text::tr;
use kairan_ui::{ChoiceView, QuestionView};

use crate::{
    session::{
        Session,
        neighbourhood::all,
        search::{Offered, Search, head_of, offered},
    },
    speech::Passage,
    way::Origin,
};

/// The question, with rows of kana, letters or parts of the town as answers.
pub fn view(session: &Session, search: Search) -> (QuestionView, Vec<ChoiceView>) {
    let language = session.profile.language;
    let Some(snapshot) = &session.content else {
        return Default::default();
    };
    let list = all(snapshot);
    let offered = offered(&list, search);
    let mut choices: Vec<ChoiceView> = match &offered {
        Offered::Rows(rows) => rows.iter().map(|row| short(head_of(*row))).collect(),
        Offered::Letters(letters) => letters
            .iter()
            .map(|letter| short(&letter.to_string()))
            .collect(),
        Offered::Names(names) => names
            .iter()
            .map(|one| ChoiceView {
                words: one.name.as_str().into(),
                current: session.profile.neighbourhood.as_ref() == Some(*one),
                ..ChoiceView::default()
            })
            .collect(),
    };
    let short = match offered {
        Offered::Names(_) => 0,
        _ => choices.len(),
    };
    if search == Search::Begin {
        choices.push(ChoiceView {
            words: tr(language, "えらばない").into(),
            note: counted_from_town(session).into(),
            current: session.profile.neighbourhood.is_none(),
            ..ChoiceView::default()
        });
    }
    let (title, explanation) = asked(
        search,
        &offered,
        !snapshot.neighbourhoods.is_empty(),
        language,
    );
    let view = QuestionView {
        progress: slint::SharedString::default(),
        title: title.into(),
        explanation: explanation.into(),
        short: i32::try_from(short).unwrap_or(0),
    };
    (view, choices)
}

fn short(letter: &str) -> ChoiceView {
    ChoiceView {
        words: letter.into(),
        ..ChoiceView::default()
    }
}

/// From where ways are counted for who chooses nothing.
fn counted_from_town(session: &Session) -> String {
    let language = session.profile.language;
    let name = session.origin_in_town().name(language);
    tr!(language, "{name}から 数えます", name)
}

fn asked(
    search: Search,
    offered: &Offered,
    of_a_list: bool,
    language: Language,
) -> (String, &'static str) {
    match (search, offered) {
        (Search::Begin, _) => (
            tr(language, "どこから 数えますか").to_owned(),
            if of_a_list {
                tr(
                    language,
                    "おすまいの 町を 選びます。だれにも 伝わりません。",
                )
            } else {
                tr(
                    language,
                    "おすまいに 近い 停留所を 選びます。だれにも 伝わりません。",
                )
            },
        ),
        (Search::Row(row), Offered::Letters(_)) => {
            let head = head_of(row);
            (
                tr!(
                    language,
                    "「{head}」の行の どの 文字で はじまりますか",
                    head
                ),
                "",
            )
        }
        (Search::Row(row), _) => {
            let head = head_of(row);
            (
                tr!(language, "おすまいの 町は どれですか（{head}）", head),
                "",
            )
        }
        (Search::Letter(_, letter), _) => (
            tr!(language, "おすまいの 町は どれですか（{letter}）", letter),
            "",
        ),
    }
}

/// What is read aloud of it: names as the council reads them.
pub fn passages(session: &Session) -> Vec<Passage> {
    let Some(search) = session.search() else {
        return Vec::new();
    };
    let (view, choices) = view(session, search);
    let list = session.content.as_deref().map(all).unwrap_or_default();
    let reading = |words: &str| {
        let mut known = list.iter();
        known
            .find(|one| one.name == words)
            .and_then(|one| one.reading.clone())
    };
    let mut said: Vec<Passage> = [&view.title, &view.explanation]
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| Passage::of(text.as_str()))
        .collect();
    for choice in &choices {
        said.push(match reading(&choice.words) {
            Some(reading) => Passage::with_reading(choice.words.as_str(), reading),
            None => Passage::of(choice.words.as_str()),
        });
        if !choice.note.is_empty() {
            said.push(Passage::of(choice.note.as_str()));
        }
    }
    said
}

/// いまは 駅前から.
pub fn now_from(origin: Origin, language: Language) -> String {
    let name = origin.name(language);
    tr!(language, "いまは {name}から", name)
}

/// The same as it is spoken.
pub fn now_from_spoken(origin: Origin, language: Language) -> String {
    let name = origin.spoken(language);
    tr!(language, "いまは {name} から", name)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        demonstration,
        machine::Machine,
        profile::Profile,
        screens::aloud,
        session::{Command, neighbourhood::ORIGIN_ROW},
    };

    #[test]
    fn names_are_said_as_the_council_reads_them() {
        let snapshot = Some(Arc::new(demonstration::snapshot()));
        let mut session = Session::new(snapshot, Profile::practised(), true);
        let now = demonstration::now();
        let said = |session: &Session, words: &str| {
            let passages = aloud::passages(session, 0..0, &Machine::default(), now);
            let found = passages.into_iter().find(|it| it.words == words);
            found
                .unwrap_or_else(|| panic!("{words} is not said"))
                .reading
        };
        let clinics = "clinics".parse().expect("an id");
        session.update(Command::OpenTile(clinics), now, 0);
        assert_eq!(
            said(&session, "いまは 駅前から").as_deref(),
            Some("いまは 駅前 から")
        );
        session.update(Command::OpenRow(ORIGIN_ROW.to_owned()), now, 1_000);
        assert_eq!(said(&session, "駅前から 数えます"), None);
        session.update(Command::Choose(0), now, 2_000);
        assert_eq!(said(&session, "旭ヶ丘").as_deref(), Some("あさひがおか"));
        session.update(Command::Choose(0), now, 3_000);
        assert_eq!(
            said(&session, "いまは 旭ヶ丘から").as_deref(),
            Some("いまは あさひがおか から")
        );
    }
}
