//! What is open, since when, and the records that this brings about when it is left. Pure.

use kairan_contract::{Event, FormId, ItemHash, LeaveHow, ServiceId};

use super::route::Effect;

/// Something that is open, since when.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Open<T> {
    what: T,
    since_ms: u64,
}

/// An article that is open, and whether its end stood on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reading {
    service: ServiceId,
    item: ItemHash,
    to_end: bool,
}

/// A form that was opened and not sent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OpenForm {
    service: ServiceId,
    form: FormId,
    step: u8,
}

/// The tile that is open, what is read of it, and the form that is answered.
#[derive(Debug, Clone, Default)]
pub(super) struct Opened {
    service: Option<Open<ServiceId>>,
    item: Option<Open<Reading>>,
    form: Option<OpenForm>,
}

impl Opened {
    /// A tile is opened.
    pub(super) fn open_service(&mut self, what: ServiceId, since_ms: u64) {
        self.service = Some(Open { what, since_ms });
    }

    /// An article begins to be read.
    pub(super) fn open_item(&mut self, service: ServiceId, item: ItemHash, since_ms: u64) {
        let what = Reading {
            service,
            item,
            to_end: false,
        };
        self.item = Some(Open { what, since_ms });
    }

    /// A form is opened at a question.
    pub(super) fn open_form(&mut self, service: ServiceId, form: FormId, step: u8) {
        self.form = Some(OpenForm {
            service,
            form,
            step,
        });
    }

    /// The tile and the article that are open, if any.
    pub(super) fn what(&self) -> (Option<ServiceId>, Option<ItemHash>) {
        let service = self.service.as_ref().map(|open| open.what.clone());
        (service, self.item.as_ref().map(|open| open.what.item))
    }

    /// The end of the article stood on the screen.
    pub(super) fn note_end_seen(&mut self) {
        if let Some(open) = &mut self.item {
            open.what.to_end = true;
        }
    }

    /// Another question of the form is on the screen.
    pub(super) fn form_goes_on(&mut self, step: u8) {
        if let Some(open) = &mut self.form {
            open.step = step;
        }
    }

    /// The last question of the form was answered. Says whether it was open.
    pub(super) fn form_is_sent(&mut self) -> bool {
        self.form.take().is_some()
    }

    /// The form that was open is left before its end.
    fn leave_form(&mut self) -> Option<Effect> {
        let OpenForm {
            service,
            form,
            step,
        } = self.form.take()?;
        let left = Event::FormLeft { form, step };
        Some(Effect::Record(Some(service), left))
    }

    /// The article is left.
    pub(super) fn leave_item(&mut self, now_ms: u64) -> Option<Effect> {
        let Open { what, since_ms } = self.item.take()?;
        let read = Event::ItemRead {
            item: what.item,
            dwell_ms: now_ms.saturating_sub(since_ms),
            to_end: what.to_end,
        };
        Some(Effect::Record(Some(what.service), read))
    }

    /// The tile is left, and its form with it. Nothing where none is open.
    pub(super) fn leave_service(&mut self, how: LeaveHow, now_ms: u64) -> Vec<Effect> {
        let form = self.leave_form();
        let Some(Open { what, since_ms }) = self.service.take() else {
            return Vec::new();
        };
        let dwell_ms = now_ms.saturating_sub(since_ms);
        let left = Effect::Record(Some(what), Event::ServiceLeft { dwell_ms, how });
        form.into_iter().chain([left]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ServiceId {
        text.parse().expect("an id")
    }

    #[test]
    fn what_is_left_is_written_down_once_with_how_long_it_was_open() {
        let mut opened = Opened::default();
        assert_eq!(opened.leave_service(LeaveHow::Home, 0), []);
        assert_eq!(opened.leave_item(0), None);
        opened.open_service(id("news"), 1_000);
        opened.open_item(id("news"), ItemHash::of("a"), 2_000);
        opened.note_end_seen();
        let read = Event::ItemRead {
            item: ItemHash::of("a"),
            dwell_ms: 500,
            to_end: true,
        };
        let read = Effect::Record(Some(id("news")), read);
        assert_eq!(opened.leave_item(2_500), Some(read));
        let left = Event::ServiceLeft {
            dwell_ms: 3_000,
            how: LeaveHow::Back,
        };
        let left = Effect::Record(Some(id("news")), left);
        assert_eq!(opened.leave_service(LeaveHow::Back, 4_000), [left]);
        assert_eq!(opened.what(), (None, None));
    }

    #[test]
    fn a_form_is_left_with_its_tile_unless_it_was_sent() {
        let mut opened = Opened::default();
        let form: FormId = "survey".parse().expect("an id");
        for sent in [false, true] {
            opened.open_service(id("survey"), 0);
            opened.open_form(id("survey"), form.clone(), 1);
            opened.form_goes_on(2);
            if sent {
                assert!(opened.form_is_sent());
            }
            let left = opened.leave_service(LeaveHow::Home, 1);
            let of_the_form = Event::FormLeft {
                form: form.clone(),
                step: 2,
            };
            let of_the_form = Effect::Record(Some(id("survey")), of_the_form);
            assert_eq!(left.contains(&of_the_form), !sent);
        }
    }
}
