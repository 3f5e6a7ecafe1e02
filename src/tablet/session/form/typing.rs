//! What is typed on the board of large keys, and what becomes of it. Pure.

use jiff::Timestamp;
use kairan_contract::{
    Address, AnswerType, AnswerValue, KanaName, QuestionId, ServiceId, TelephoneNumber,
};

use super::super::{Effect, Route, Session};
use super::ignored;
use crate::{
    dates::in_japan,
    form_draft::{AnswerPart, Era, FormPlace, birth_year},
    typing::{Alphabet, TextBoard},
};

/// What is typed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TypedFor {
    /// A few words, as an answer.
    Words(ServiceId, QuestionId),
    /// A telephone number, as an answer.
    Number(ServiceId, QuestionId),
    /// The year of a birthday within an era, as a part of an answer.
    BirthYear(ServiceId, QuestionId, Era),
    /// The resident's own name.
    Name,
    /// Their telephone number.
    Telephone,
    /// Their part of the town, where the council has no list of them.
    Town,
    /// Their 番地.
    Block,
    /// The building, where there is one.
    Building,
}

impl TypedFor {
    /// With what it is typed, and how long it may be.
    fn alphabet(&self, letters: u16) -> (Alphabet, usize) {
        match self {
            Self::Words(..) => (Alphabet::Kana, usize::from(letters)),
            Self::Name => (Alphabet::Kana, KanaName::LETTERS),
            Self::Town | Self::Building => (Alphabet::Kana, Address::LETTERS),
            Self::Number(..) | Self::Telephone => (Alphabet::Digits, 11),
            Self::BirthYear(..) => (Alphabet::Digits, 2),
            Self::Block => (Alphabet::DigitsAndHyphens, Address::BLOCK_LETTERS),
        }
    }

    /// Whether it may be left empty.
    fn may_be_empty(&self, is_optional: bool) -> bool {
        match self {
            Self::Words(..) | Self::Number(..) => is_optional,
            Self::Building => true,
            _ => false,
        }
    }
}

impl Session {
    /// What is typed on the screen, if something is.
    pub fn typed_for(&self) -> Option<TypedFor> {
        if let Route::Typing(of) = self.route() {
            return Some(of.clone());
        }
        let (draft, question, _) = self.form_question()?;
        let (service, id) = (draft.service.clone(), question.id.clone());
        match question.answer {
            AnswerType::Words { .. } => Some(TypedFor::Words(service, id)),
            AnswerType::Telephone => Some(TypedFor::Number(service, id)),
            _ => None,
        }
    }

    /// The board as it stands on the screen.
    pub fn board(&self) -> Option<TextBoard> {
        let of = self.typed_for()?;
        match &self.typed {
            Some((known, board)) if *known == of => Some(board.clone()),
            _ => Some(self.fresh_board(&of)),
        }
    }

    /// A board with what is known already.
    fn fresh_board(&self, of: &TypedFor) -> TextBoard {
        let about = &self.personal.about;
        let answered = |service, question| {
            let draft = self.personal.draft(service);
            draft.and_then(|draft| draft.value(question))
        };
        let known = match of {
            TypedFor::Words(service, question) => match answered(service, question) {
                Some(AnswerValue::Words { words }) => words.clone(),
                _ => String::new(),
            },
            TypedFor::Number(service, question) => match answered(service, question) {
                Some(AnswerValue::Telephone { number }) => digits_of(number),
                _ => about.telephone.as_ref().map_or_else(String::new, digits_of),
            },
            TypedFor::BirthYear(..) => String::new(),
            TypedFor::Name => about.name.as_ref().map_or("", KanaName::as_str).to_owned(),
            TypedFor::Telephone => about.telephone.as_ref().map_or_else(String::new, digits_of),
            TypedFor::Town => self.address.neighbourhood.clone(),
            TypedFor::Block => self.address.block.clone(),
            TypedFor::Building => self.address.building.clone().unwrap_or_default(),
        };
        let letters = match self
            .form_question()
            .map(|(_, question, _)| &question.answer)
        {
            Some(AnswerType::Words { letters }) => *letters,
            _ => 0,
        };
        let (alphabet, limit) = of.alphabet(letters);
        TextBoard::new(alphabet, limit, &known)
    }

    pub(super) fn open_typing(&mut self, of: TypedFor) {
        self.typed = None;
        self.path.push(Route::Typing(of));
    }

    /// A key of the board: its place among the ten, or the name of another. What it puts is said.
    pub(crate) fn press_board(&mut self, key: &str, now_ms: u64) -> Vec<Effect> {
        let (Some(of), Some(mut board)) = (self.typed_for(), self.board()) else {
            return Vec::new();
        };
        if self.keys.is_tremor(key, now_ms) {
            return vec![ignored()];
        }
        let said = match key {
            "mark" => board.change_last(),
            "line" => board.put_line(),
            "blank" => board.put_blank(),
            "delete" => {
                board.delete();
                None
            }
            place => place.parse().ok().and_then(|place| board.press(place)),
        };
        self.typed = Some((of, board));
        let mut effects = self.hush(now_ms);
        let said = said.filter(|said| !said.trim().is_empty());
        effects.extend(said.map(Effect::Say));
        effects
    }

    /// Whether what stands on the board is whole, so that one can go on.
    pub fn is_typed_whole(&self, now: Timestamp) -> bool {
        let (Some(of), Some(board)) = (self.typed_for(), self.board()) else {
            return false;
        };
        let text = board.text().trim();
        if text.is_empty() {
            let question = self.form_question();
            return of.may_be_empty(question.is_some_and(|(_, it, _)| it.is_optional));
        }
        match &of {
            TypedFor::Number(..) | TypedFor::Telephone => {
                text.starts_with('0') && (10..=11).contains(&text.len())
            }
            TypedFor::BirthYear(_, _, era) => {
                let today = in_japan(now).date();
                let year = text.parse().ok();
                year.and_then(|year| birth_year(*era, year, today))
                    .is_some()
            }
            TypedFor::Block => !text.ends_with('-'),
            _ => true,
        }
    }

    /// これで よい: what was typed is the answer.
    pub(crate) fn take_typed(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        if !self.is_typed_whole(now) {
            return Vec::new();
        }
        let (Some(of), Some(board)) = (self.typed_for(), self.board()) else {
            return Vec::new();
        };
        let text = board.text().trim().to_owned();
        let mut effects = self.hush(now_ms);
        match of {
            TypedFor::Words(service, question) => {
                let value = (!text.is_empty()).then_some(AnswerValue::Words { words: text });
                effects.extend(self.answer_typed(&service, &question, value));
            }
            TypedFor::Number(service, question) => {
                let number = TelephoneNumber::try_from(text).ok();
                let value = number.map(|number| AnswerValue::Telephone { number });
                effects.extend(self.answer_typed(&service, &question, value));
            }
            TypedFor::BirthYear(service, question, era) => {
                let today = in_japan(now).date();
                let year = text.parse().ok();
                if let Some(year) = year.and_then(|year| birth_year(era, year, today)) {
                    let part = AnswerPart::BirthMonth(year);
                    let place = FormPlace::Question(question, part);
                    self.path.push(Route::Form(service, place));
                }
            }
            of => effects.extend(self.take_about(&of, text)),
        }
        self.typed = None;
        effects
    }

    fn answer_typed(
        &mut self,
        service: &ServiceId,
        question: &QuestionId,
        value: Option<AnswerValue>,
    ) -> Vec<Effect> {
        let Some(draft) = self.personal_mut().draft_mut(service) else {
            return Vec::new();
        };
        match value {
            Some(value) => draft.answer(question, value),
            None => draft.clear(question),
        }
        let Some(question) = draft.form.question(question).cloned() else {
            return Vec::new();
        };
        let mut effects = vec![Effect::SavePersonal];
        effects.extend(self.go_on_in_form(service, &question));
        effects
    }
}

/// The digits of a number alone.
fn digits_of(number: &TelephoneNumber) -> String {
    let digits = number.as_str().chars();
    digits.filter(char::is_ascii_digit).collect()
}
