//! Forms: what was typed is read whole, or it is said what is wrong, each beside its field. `pages/forms.html` shows it.

use std::{borrow::Cow, collections::BTreeMap};

/// What is wrong with a form: a sentence for each field, and what belongs to none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    beside: BTreeMap<Cow<'static, str>, String>,
    elsewhere: Vec<String>,
}

impl Faults {
    /// One field is wrong.
    pub fn at(field: impl Into<Cow<'static, str>>, sentence: impl Into<String>) -> Self {
        let mut faults = Self::default();
        faults.add(field, sentence);
        faults
    }

    /// Says what is wrong with a field. What is said last stands.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, sentence: impl Into<String>) {
        self.beside.insert(field.into(), sentence.into());
    }

    /// Says what is wrong with no field of the form.
    pub fn add_elsewhere(&mut self, sentence: impl Into<String>) {
        self.elsewhere.push(sentence.into());
    }

    /// Says elsewhere what is wrong with a field that the form does not show.
    pub fn keep_to(&mut self, is_shown: impl Fn(&str) -> bool) {
        let beside = std::mem::take(&mut self.beside);
        for (field, sentence) in beside {
            if is_shown(&field) {
                self.beside.insert(field, sentence);
            } else {
                self.elsewhere.push(sentence);
            }
        }
    }

    /// What is wrong with a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.beside.get(field).map(String::as_str)
    }

    /// What is wrong with no field of the form.
    pub fn elsewhere(&self) -> &[String] {
        &self.elsewhere
    }

    /// Everything, for a place without fields.
    pub fn sentences(&self) -> impl Iterator<Item = &str> {
        let all = self.beside.values().chain(&self.elsewhere);
        all.map(String::as_str)
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.beside.is_empty() && self.elsewhere.is_empty()
    }

    /// What was read, if nothing is wrong.
    pub fn unless<T>(self, read: impl FnOnce() -> Option<T>) -> Result<T, Self> {
        if !self.is_empty() {
            return Err(self);
        }
        read().ok_or(self)
    }

    /// Attributes of a control that has a hint: what describes it, and whether it is wrong. Names of fields are ours, so
    /// that they need no escapes.
    pub fn described(&self, field: &str) -> String {
        match self.of(field) {
            Some(_) => {
                format!("aria-describedby=\"{field}-hint {field}-fault\" aria-invalid=\"true\"")
            }
            None => format!("aria-describedby=\"{field}-hint\""),
        }
    }

    /// The same of a control without a hint.
    pub fn marked(&self, field: &str) -> String {
        match self.of(field) {
            Some(_) => format!("aria-describedby=\"{field}-fault\" aria-invalid=\"true\""),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_stands_beside_its_field_or_elsewhere() {
        let mut faults = Faults::at("title", "too long");
        faults.add("hidden", "missing");
        faults.add_elsewhere("somebody else was faster");
        faults.keep_to(|field| field == "title");
        assert_eq!(faults.of("title"), Some("too long"));
        assert_eq!(faults.elsewhere(), ["somebody else was faster", "missing"]);
        assert_eq!(
            faults.described("title"),
            "aria-describedby=\"title-hint title-fault\" aria-invalid=\"true\""
        );
        assert_eq!(faults.marked("text"), "");
        assert_eq!(faults.clone().unless(|| Some(())), Err(faults));
        assert_eq!(Faults::default().unless(|| Some(1)), Ok(1));
    }
}
