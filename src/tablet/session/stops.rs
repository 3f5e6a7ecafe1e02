//! One's own stop, of those that a timetable offers. Pure.

use std::sync::Arc;

use kairan_contract::{Content, Departures};

use super::{Effect, Route, Session};
use crate::{library::ContentSnapshot, profile::OwnStop};

/// The row of a timetable that leads to the choice of a stop.
pub const STOPS_ROW: &str = "@stops";

impl Session {
    /// The timetable whose stops are on the screen.
    pub fn stops(&self) -> Option<&Departures> {
        let Route::Stops(id) = self.route() else {
            return None;
        };
        match self.content(id)? {
            Content::Timetable(board) => Some(board),
            _ => None,
        }
    }

    /// A stop, by its place: the one that is shown stands first.
    pub(crate) fn choose_stop(&mut self, index: usize, now_ms: u64) -> Vec<Effect> {
        let Route::Stops(service) = self.route().clone() else {
            return Vec::new();
        };
        let chosen = self.stops().and_then(|board| names(board).nth(index));
        let Some(stop) = chosen.map(str::to_owned) else {
            return Vec::new();
        };
        let own = &mut self.profile.own_stops;
        own.retain(|known| known.service != service);
        own.push(OwnStop { service, stop });
        if let Some(snapshot) = self.content.take() {
            self.content = Some(self.with_own_stops(snapshot));
        }
        let mut effects = self.go_back(now_ms);
        effects.push(Effect::SaveProfile);
        effects
    }

    /// The same content with one's own stop first on each timetable.
    pub(super) fn with_own_stops(&self, snapshot: Arc<ContentSnapshot>) -> Arc<ContentSnapshot> {
        let is_elsewhere = |own: &OwnStop| match snapshot.contents.get(&own.service) {
            Some(Content::Timetable(board)) => {
                board.stop != own.stop && names(board).any(|name| name == own.stop)
            }
            _ => false,
        };
        if !self.profile.own_stops.iter().any(is_elsewhere) {
            return snapshot;
        }
        let mut changed = ContentSnapshot::clone(&snapshot);
        for own in &self.profile.own_stops {
            if let Some(Content::Timetable(board)) = changed.contents.get_mut(&own.service) {
                bring_first(board, &own.stop);
            }
        }
        Arc::new(changed)
    }
}

/// The stops in the order in which they are shown.
pub fn names(board: &Departures) -> impl Iterator<Item = &str> {
    let others = board.other_stops.iter().map(|other| other.stop.as_str());
    std::iter::once(board.stop.as_str()).chain(others)
}

fn bring_first(board: &mut Departures, stop: &str) {
    let Some(at) = board
        .other_stops
        .iter()
        .position(|other| other.stop == stop)
    else {
        return;
    };
    let mut others = std::mem::take(&mut board.other_stops);
    let mut own = others.remove(at);
    std::mem::swap(board, &mut own);
    others.insert(0, own);
    board.other_stops = others;
}

#[cfg(test)]
mod tests {
    use kairan_contract::ServiceId;

    use super::*;
    use crate::{demonstration, profile::Profile, session::Command};

    fn stop(session: &Session) -> String {
        let id = "bus".parse().expect("an id");
        match session.content(&id) {
            Some(Content::Timetable(board)) => board.stop.clone(),
            _ => panic!("no timetable"),
        }
    }

    #[test]
    fn ones_own_stop_is_shown_from_then_on_also_after_new_content_and_a_restart() {
        let snapshot = Arc::new(demonstration::snapshot());
        let mut session = Session::new(Some(Arc::clone(&snapshot)), Profile::practised(), true);
        let now = demonstration::now();
        let bus: ServiceId = "bus".parse().expect("an id");
        assert_eq!(stop(&session), "駅前");
        session.update(Command::OpenTile(bus.clone()), now, 0);
        session.update(Command::OpenRow(STOPS_ROW.to_owned()), now, 1_000);
        session.update(Command::Choose(2), now, 2_000);
        assert_eq!(session.route(), &Route::Service(bus));
        assert_eq!(stop(&session), "図書館前");
        session.set_content(Arc::clone(&snapshot), 3_000);
        assert_eq!(stop(&session), "図書館前");
        let profile = session.profile.clone();
        let mut session = Session::new(Some(Arc::clone(&snapshot)), profile, true);
        assert_eq!(stop(&session), "図書館前");
        // A stop that the timetable has no more gives way to the operator's.
        let mut shorter = demonstration::snapshot();
        for content in shorter.contents.values_mut() {
            if let Content::Timetable(board) = content {
                board.other_stops.clear();
            }
        }
        session.set_content(Arc::new(shorter), 4_000);
        assert_eq!(stop(&session), "駅前");
    }
}
