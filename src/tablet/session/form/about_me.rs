//! わたしのこと: what is told of the resident, filled in by them or by a helper, and shown before it is told. Pure.

use kairan_contract::{Address, AddressParts, KanaName, PersonalField, TelephoneNumber};

use super::super::{
    Effect, Route, Session,
    search::{Offered, Search, offered},
};
use super::TypedFor;
use crate::form_draft::FormPlace;

/// A field of わたしのこと.
pub type AboutField = PersonalField;

/// What is said to what is known of the resident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PersonAnswer {
    /// このとおりです.
    Right,
    /// ちがいます.
    Wrong,
    /// It is to be written first.
    Write,
    /// By telephone instead.
    Telephone,
}

impl Session {
    /// What can be said to what is known of the resident.
    pub fn person_answers(&self) -> Vec<PersonAnswer> {
        let Some((draft, FormPlace::Person)) = self.form_on_screen() else {
            return Vec::new();
        };
        if draft.knows_person(&self.personal.about) {
            vec![
                PersonAnswer::Right,
                PersonAnswer::Wrong,
                PersonAnswer::Telephone,
            ]
        } else {
            vec![PersonAnswer::Write, PersonAnswer::Telephone]
        }
    }

    /// What is said to what is known of the resident, by its place.
    pub(crate) fn choose_person(&mut self, index: usize) -> Vec<Effect> {
        let Some((draft, _)) = self.form_on_screen() else {
            return Vec::new();
        };
        let service = draft.service.clone();
        match self.person_answers().get(index) {
            Some(PersonAnswer::Right) => {
                if let Some(draft) = self.personal_mut().draft_mut(&service) {
                    draft.is_person_confirmed = true;
                }
                self.go_to(Route::Form(service, FormPlace::Check));
                vec![Effect::SavePersonal]
            }
            Some(PersonAnswer::Wrong | PersonAnswer::Write) => {
                self.path.push(Route::AboutMe);
                Vec::new()
            }
            Some(PersonAnswer::Telephone) => {
                self.path.push(Route::FormTelephone(service));
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// The fields that stand on the page: those that the form asks for, or, on the helper's way, all.
    pub fn about_fields(&self) -> Vec<AboutField> {
        let asked = self.path.iter().find_map(|route| match route {
            Route::Form(service, _) => self.personal.draft(service),
            _ => None,
        });
        match asked {
            Some(draft) => draft.form.needs.clone(),
            None => PersonalField::ALL.map(|(_, field)| field).to_vec(),
        }
    }

    /// Whether the page was opened from a form, and everything it asks for is told.
    pub fn may_go_on_from_about_me(&self) -> bool {
        let about = &self.personal.about;
        self.path
            .iter()
            .any(|route| matches!(route, Route::Form(..)))
            && self.about_fields().iter().all(|field| about.tells(*field))
    }

    /// The page, for a helper.
    pub(crate) fn open_about_me(&mut self) -> Vec<Effect> {
        self.path.push(Route::AboutMe);
        Vec::new()
    }

    /// A field of the page, by its place: it is written anew.
    pub(crate) fn choose_about(&mut self, index: usize) -> Vec<Effect> {
        match self.about_fields().get(index) {
            Some(PersonalField::Name) => self.open_typing(TypedFor::Name),
            Some(PersonalField::Telephone) => self.open_typing(TypedFor::Telephone),
            Some(PersonalField::Address) => {
                let known = self.personal.about.address.clone();
                let nothing = AddressParts {
                    neighbourhood: String::new(),
                    block: String::new(),
                    building: None,
                };
                self.address = known.map_or(nothing, AddressParts::from);
                let has_list = self
                    .content
                    .as_ref()
                    .is_some_and(|it| !it.neighbourhoods.is_empty());
                if has_list {
                    self.path.push(Route::HomeTown(Search::Begin));
                } else {
                    self.open_typing(TypedFor::Town);
                }
            }
            None => {}
        }
        Vec::new()
    }

    /// つぎへ: back into the form, where what is known is confirmed with it.
    pub(crate) fn leave_about_me(&mut self) -> Vec<Effect> {
        if !self.may_go_on_from_about_me() {
            return Vec::new();
        }
        self.path.pop();
        self.choose_person(0)
    }

    /// A row of kana, a letter or a part of the town, by its place.
    pub(crate) fn choose_home_town(&mut self, search: Search, index: usize) -> Vec<Effect> {
        let Some(content) = self.content.clone() else {
            return Vec::new();
        };
        let next = match (offered(&content.neighbourhoods, search), search) {
            (Offered::Rows(rows), _) => rows.get(index).map(|row| Search::Row(*row)),
            (Offered::Letters(letters), Search::Row(row)) => letters
                .get(index)
                .map(|letter| Search::Letter(row, *letter)),
            (Offered::Names(names), _) => {
                if let Some(name) = names.get(index) {
                    self.address.neighbourhood.clone_from(&name.name);
                    self.open_typing(TypedFor::Block);
                }
                None
            }
            (Offered::Letters(_), _) => None,
        };
        if let Some(next) = next {
            self.path.push(Route::HomeTown(next));
        }
        Vec::new()
    }

    /// What was typed of わたしのこと.
    pub(super) fn take_about(&mut self, of: &TypedFor, text: String) -> Vec<Effect> {
        match of {
            TypedFor::Name => self.personal_mut().about.name = KanaName::try_from(text).ok(),
            TypedFor::Telephone => {
                self.personal_mut().about.telephone = TelephoneNumber::try_from(text).ok();
            }
            TypedFor::Town => {
                self.address.neighbourhood = text;
                self.open_typing(TypedFor::Block);
                return Vec::new();
            }
            TypedFor::Block => {
                self.address.block = text;
                self.open_typing(TypedFor::Building);
                return Vec::new();
            }
            TypedFor::Building => {
                self.address.building = (!text.is_empty()).then_some(text);
                self.personal_mut().about.address = Address::try_from(self.address.clone()).ok();
            }
            TypedFor::Words(..) | TypedFor::Number(..) | TypedFor::BirthYear(..) => {
                return Vec::new();
            }
        }
        for draft in &mut self.personal_mut().drafts {
            draft.is_person_confirmed = false;
        }
        // Back to the page from which it was written.
        let page = self.path.iter().rposition(|it| *it == Route::AboutMe);
        if let Some(page) = page {
            self.path.truncate(page + 1);
        }
        vec![Effect::SavePersonal]
    }
}
