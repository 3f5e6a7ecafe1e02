//! How long the tile and the article on the screen have been open, and the records that this brings about when they are
//! left. Pure.

use kairan_contract::{Event, ItemHash, LeaveHow, ServiceId};

use super::effect::Effect;

/// Something that is open, since when.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Timed<T> {
    what: T,
    since_ms: u64,
}

/// An article that is open, and whether its end stood on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OpenArticle {
    service: ServiceId,
    item: ItemHash,
    to_end: bool,
}

/// The tile that is open, and what is read of it.
#[derive(Debug, Clone, Default)]
pub(super) struct DwellTimes {
    service: Option<Timed<ServiceId>>,
    item: Option<Timed<OpenArticle>>,
}

impl DwellTimes {
    /// A tile is opened.
    pub(super) fn open_service(&mut self, what: ServiceId, since_ms: u64) {
        self.service = Some(Timed { what, since_ms });
    }

    /// An article begins to be read.
    pub(super) fn open_item(&mut self, service: ServiceId, item: ItemHash, since_ms: u64) {
        let what = OpenArticle {
            service,
            item,
            to_end: false,
        };
        self.item = Some(Timed { what, since_ms });
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

    /// The article is left.
    pub(super) fn leave_item(&mut self, now_ms: u64) -> Option<Effect> {
        let Timed { what, since_ms } = self.item.take()?;
        let read = Event::ItemRead {
            item: what.item,
            dwell_ms: now_ms.saturating_sub(since_ms),
            to_end: what.to_end,
        };
        Some(Effect::Record(Some(what.service), read))
    }

    /// The tile is left. Nothing where none is open.
    pub(super) fn leave_service(&mut self, how: LeaveHow, now_ms: u64) -> Option<Effect> {
        let Timed { what, since_ms } = self.service.take()?;
        let dwell_ms = now_ms.saturating_sub(since_ms);
        Some(Effect::Record(
            Some(what),
            Event::ServiceLeft { dwell_ms, how },
        ))
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
        let mut dwell = DwellTimes::default();
        assert_eq!(dwell.leave_service(LeaveHow::Home, 0), None);
        assert_eq!(dwell.leave_item(0), None);
        dwell.open_service(id("news"), 1_000);
        dwell.open_item(id("news"), ItemHash::of("a"), 2_000);
        dwell.note_end_seen();
        let read = Event::ItemRead {
            item: ItemHash::of("a"),
            dwell_ms: 500,
            to_end: true,
        };
        let read = Effect::Record(Some(id("news")), read);
        assert_eq!(dwell.leave_item(2_500), Some(read));
        let left = Event::ServiceLeft {
            dwell_ms: 3_000,
            how: LeaveHow::Back,
        };
        let left = Effect::Record(Some(id("news")), left);
        assert_eq!(dwell.leave_service(LeaveHow::Back, 4_000), Some(left));
        assert_eq!(dwell.what(), (None, None));
    }
}
