//! For whom a tile or a message is, as boxes to tick: municipalities, ages, cohorts. In the catalogue each is a list.

use kairan_contract::AgeBand;

use crate::{catalogue::room::Room, pages::PageError};
use kairan_catalogue::edit::{Part, Typed, entries};

/// The fields that are ticked.
pub const FIELDS: [&str; 3] = ["areas", "age_bands", "cohorts"];

/// What can be ticked: for each field its words.
#[derive(Debug, Default)]
pub struct Choices([Vec<String>; 3]);

impl Choices {
    /// What there is: the council's municipalities, all ages, the cohorts of its loans.
    pub async fn of(backend: &Room, text: &str) -> Result<Self, PageError> {
        let council = entries(text, Part::Council)?.into_iter().next();
        let areas = council.and_then(|mut it| it.remove("areas"));
        Ok(Self([
            listed(areas.as_deref().unwrap_or_default()),
            AgeBand::ALL.map(|(word, _)| word.to_owned()).into(),
            backend.store.cohorts().await?,
        ]))
    }

    /// The boxes of a field: each word, and whether it is ticked. What is ticked and unknown is among them, so that
    /// nothing is lost.
    pub fn boxes(&self, field: &str, value: &str) -> Vec<(String, bool)> {
        let place = FIELDS.iter().position(|it| *it == field);
        let mut words = place.map(|at| self.0[at].clone()).unwrap_or_default();
        let ticked = listed(value);
        for word in &ticked {
            if !words.contains(word) {
                words.push(word.clone());
            }
        }
        words
            .into_iter()
            .map(|word| {
                let is_ticked = ticked.contains(&word);
                (word, is_ticked)
            })
            .collect()
    }
}

fn listed(value: &str) -> Vec<String> {
    let parts = value.split([',', '、']).map(str::trim);
    let parts = parts.filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// Puts the boxes that were ticked together, so that the rest of the console knows one field only. A box is named
/// `FIELD.WORD`.
pub fn put_together(typed: &mut Typed) {
    for field in FIELDS {
        let mark = format!("{field}.");
        let ticked: Vec<String> = typed
            .keys()
            .filter_map(|name| name.strip_prefix(&mark))
            .map(str::to_owned)
            .collect();
        if ticked.is_empty() {
            continue;
        }
        typed.retain(|name, _| !name.starts_with(&mark));
        typed.insert(field.to_owned(), ticked.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ticked_is_a_list_and_what_is_unknown_stays() {
        let mut typed: Typed = [
            ("age_bands.85+", "1"),
            ("age_bands.75-84", "1"),
            ("id", "x"),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into();
        put_together(&mut typed);
        assert_eq!(typed["age_bands"], "75-84, 85+");
        assert_eq!(typed.len(), 2);
        let choices = Choices([vec!["99201".to_owned()], Vec::new(), Vec::new()]);
        let boxes = choices.boxes("areas", "99301, 99201");
        assert_eq!(
            boxes,
            [("99201".to_owned(), true), ("99301".to_owned(), true)]
        );
        assert_eq!(choices.boxes("areas", ""), [("99201".to_owned(), false)]);
    }
}
