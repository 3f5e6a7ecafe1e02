//! One's own part of the town, from which ways are counted: chosen from the council's list, or, where there is none,
//! from the stops of the timetables. It never leaves the tablet. Pure.

use std::{borrow::Cow, collections::HashSet};

use kairan_contract::{Content, Departures, Neighbourhood, ServiceEntry};

use super::{
    Effect, Route, Session,
    search::{Offered, Search, offered},
};
use crate::{library::ContentSnapshot, way::Origin};

/// The row of a list of places that leads to the choice.
pub const ORIGIN_ROW: &str = "@origin";

/// The parts of the town of which one is chosen: the council's, or the stops of which it is known where they lie.
pub fn all(snapshot: &ContentSnapshot) -> Cow<'_, [Neighbourhood]> {
    if !snapshot.neighbourhoods.is_empty() {
        return Cow::Borrowed(&snapshot.neighbourhoods);
    }
    let mut seen = HashSet::new();
    let boards = snapshot.manifest.services.iter().filter_map(|entry| {
        match snapshot.contents.get(&entry.service.id)? {
            Content::Timetable(board) => Some(board),
            _ => None,
        }
    });
    let stops = boards.flat_map(|board| std::iter::once(board).chain(&board.other_stops));
    let stops = stops
        .filter_map(stop)
        .filter(|stop| seen.insert(stop.name.clone()));
    Cow::Owned(stops.collect())
}

fn stop(board: &Departures) -> Option<Neighbourhood> {
    Some(Neighbourhood {
        name: board.stop.clone(),
        reading: board.reading.clone(),
        position: board.position?,
    })
}

impl Session {
    /// What can be chosen on the screen, if that is asked there.
    pub fn search(&self) -> Option<Search> {
        match self.route() {
            Route::Neighbourhood(search) if self.due().is_none() => Some(*search),
            _ => None,
        }
    }

    /// Whether there is anything to choose from.
    pub fn may_choose_neighbourhood(&self) -> bool {
        let snapshot = self.content.as_ref();
        snapshot.is_some_and(|snapshot| !all(snapshot).is_empty())
    }

    /// From where ways are counted on the tile that is open, or, elsewhere, on the first that has places.
    pub fn origin(&self) -> Origin<'_> {
        Origin::of(self.profile.neighbourhood.as_ref(), self.tile_with_places())
    }

    /// The same for somebody who has chosen nothing.
    pub fn origin_in_town(&self) -> Origin<'_> {
        let entry = self.tile_with_places();
        Origin::Town(entry.and_then(|entry| entry.near_name.as_deref()))
    }

    fn tile_with_places(&self) -> Option<&ServiceEntry> {
        let entries = self
            .content
            .iter()
            .flat_map(|snapshot| &snapshot.manifest.services);
        let open = self.path.iter().find_map(|route| match route {
            Route::Service(id) => Some(id),
            _ => None,
        });
        let has_places = |id| matches!(self.content(id), Some(Content::Places { .. }));
        let mut entries = entries.filter(|entry| match open {
            Some(open) => entry.service.id == *open,
            None => has_places(&entry.service.id),
        });
        entries.next()
    }

    pub(super) fn open_neighbourhoods(&mut self) {
        if self.may_choose_neighbourhood() {
            self.path.push(Route::Neighbourhood(Search::Begin));
        }
    }

    /// A row of kana, a letter or a part of the town, by its place; behind them stands 「えらばない」.
    pub(crate) fn choose_neighbourhood(&mut self, search: Search, index: usize) -> Vec<Effect> {
        let Some(snapshot) = self.content.clone() else {
            return Vec::new();
        };
        let list = all(&snapshot);
        let offered = offered(&list, search);
        let chosen = match &offered {
            Offered::Rows(rows) => match rows.get(index) {
                Some(row) => return self.search_on(Search::Row(*row)),
                None => None,
            },
            Offered::Letters(letters) => match (search, letters.get(index)) {
                (Search::Row(row), Some(letter)) => {
                    return self.search_on(Search::Letter(row, *letter));
                }
                _ => None,
            },
            Offered::Names(names) => names.get(index).copied(),
        };
        let is_none = search == Search::Begin && index == offered.len();
        if chosen.is_none() && !is_none {
            return Vec::new();
        }
        self.profile.neighbourhood = chosen.cloned();
        while matches!(self.route(), Route::Neighbourhood(_)) && self.path.len() > 1 {
            self.path.pop();
        }
        vec![Effect::SaveProfile]
    }

    fn search_on(&mut self, search: Search) -> Vec<Effect> {
        self.path.push(Route::Neighbourhood(search));
        Vec::new()
    }

    /// The council may have put a part of the town in its right place.
    pub(super) fn refresh_neighbourhood(&mut self) -> Option<Effect> {
        let snapshot = self.content.as_ref()?;
        let own = self.profile.neighbourhood.as_mut()?;
        let list = all(snapshot);
        let now = list.iter().find(|one| one.name == own.name)?;
        if now == own {
            return None;
        }
        *own = now.clone();
        Some(Effect::SaveProfile)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kairan_contract::Position;

    use super::*;
    use crate::session::search::{KANA, head_of, letter_of};
    use crate::{demonstration, profile::Profile, session::Command};

    fn one(name: &str, reading: &str) -> Neighbourhood {
        Neighbourhood {
            name: name.to_owned(),
            reading: (!reading.is_empty()).then(|| reading.to_owned()),
            position: Position::new(34.9, 132.0).expect("a position"),
        }
    }

    fn names(offered: &Offered) -> Vec<String> {
        match offered {
            Offered::Names(names) => names.iter().map(|one| one.name.clone()).collect(),
            other => panic!("no names but {other:?}"),
        }
    }

    #[test]
    fn every_part_of_the_town_is_found_by_its_row_and_its_letter() {
        let mut list: Vec<Neighbourhood> = (0..30)
            .map(|number| one(&format!("川町{number}"), "がわまち"))
            .collect();
        list.extend([
            one("北町", "きたまち"),
            one("浜", "ばま"),
            one("字八幡原", ""),
            one("大町", "おおまち"),
        ]);
        let Offered::Rows(rows) = offered(&list, Search::Begin) else {
            panic!("a long list is parted")
        };
        let heads: Vec<&str> = rows.iter().map(|row| head_of(*row)).collect();
        assert_eq!(heads, ["あ", "か", "は", "ほか"]);
        assert_eq!(
            offered(&list, Search::Row(1)),
            Offered::Letters(vec!['か', 'き'])
        );
        let mut found = 0;
        for row in rows {
            match offered(&list, Search::Row(row)) {
                Offered::Letters(letters) => {
                    for letter in letters {
                        found += names(&offered(&list, Search::Letter(row, letter))).len();
                    }
                }
                those => found += names(&those).len(),
            }
        }
        assert_eq!(found, list.len(), "each once");
        assert_eq!(names(&offered(&list[..3], Search::Begin)).len(), 3);
    }

    #[test]
    fn every_letter_of_kana_stands_in_its_row_without_its_marks() {
        for (row, (_, letters)) in KANA.iter().enumerate() {
            for letter in letters.chars() {
                let (found, plain) = letter_of(&one("町", &letter.to_string())).expect("a letter");
                assert_eq!(found, row, "{letter}");
                let plain_row = "あいうえお かきくけこ さしすせそ たちつてと なにぬねの はひふへほ まみむめも やゆよ らりるれろ わをん";
                assert!(plain_row.contains(plain), "{letter} became {plain}");
            }
        }
        let of = |text: &str| letter_of(&one("町", text)).map(|(_, letter)| letter);
        assert_eq!(of("がわ"), Some('か'));
        assert_eq!(of("ぞう"), Some('そ'));
        assert_eq!(of("ぢ"), Some('ち'));
        assert_eq!(of("どい"), Some('と'));
        assert_eq!(of("ぺた"), Some('へ'));
    }

    fn open_clinics(session: &mut Session) {
        let now = demonstration::now();
        let clinics = "clinics".parse().expect("an id");
        session.update(Command::OpenTile(clinics), now, 0);
        session.update(Command::OpenRow(ORIGIN_ROW.to_owned()), now, 1_000);
    }

    #[test]
    fn ones_own_part_of_the_town_is_chosen_by_two_touches_and_let_go_by_one() {
        let snapshot = Arc::new(demonstration::snapshot());
        let mut session = Session::new(Some(Arc::clone(&snapshot)), Profile::practised(), true);
        let now = demonstration::now();
        open_clinics(&mut session);
        assert_eq!(session.search(), Some(Search::Begin));
        let Offered::Rows(rows) = offered(&snapshot.neighbourhoods, Search::Begin) else {
            panic!("no rows")
        };
        session.update(Command::Choose(0), now, 2_000);
        assert_eq!(session.search(), Some(Search::Row(rows[0])));
        // もどる leads one step back and chooses nothing.
        session.update(Command::Back, now, 3_000);
        assert_eq!(session.search(), Some(Search::Begin));
        session.update(Command::Choose(0), now, 4_000);
        let effects = session.update(Command::Choose(0), now, 5_000);
        assert_eq!(
            effects,
            [Effect::SaveProfile],
            "nothing is recorded, nothing is asked"
        );
        assert!(matches!(session.route(), Route::Service(_)));
        let own = session.profile.neighbourhood.clone().expect("chosen");
        assert!(snapshot.neighbourhoods.contains(&own));
        // A restart, and new content with the part put right, and gone.
        let mut session = Session::new(Some(Arc::clone(&snapshot)), session.profile.clone(), true);
        let mut moved = demonstration::snapshot();
        let position = Position::new(34.0, 132.0).expect("a position");
        let mut list = moved.neighbourhoods.to_vec();
        for one in list.iter_mut().filter(|one| one.name == own.name) {
            one.position = position;
        }
        moved.neighbourhoods = list.into();
        let effects = session.set_content(Arc::new(moved), 6_000);
        assert_eq!(effects, [Effect::SaveProfile]);
        let mut gone = demonstration::snapshot();
        gone.neighbourhoods = Vec::new().into();
        session.set_content(Arc::new(gone), 7_000);
        let kept = session.profile.neighbourhood.clone().expect("still chosen");
        assert_eq!((kept.name, kept.position), (own.name, position));
        // えらばない stands behind the rows.
        session.set_content(Arc::clone(&snapshot), 8_000);
        open_clinics(&mut session);
        session.update(Command::Choose(rows.len()), now, 20_000);
        assert_eq!(session.profile.neighbourhood, None);
        assert!(matches!(session.route(), Route::Service(_)));
    }

    #[test]
    fn a_helper_chooses_it_on_the_page_of_the_tablet() {
        let snapshot = Arc::new(demonstration::snapshot());
        let mut session = Session::new(Some(snapshot), Profile::practised(), true);
        session.path = vec![Route::Home, Route::Tablet];
        for (touch, at) in [(4, 0), (0, 1_000), (0, 2_000)] {
            session.update(Command::Choose(touch), demonstration::now(), at);
        }
        assert_eq!(session.route(), &Route::Tablet);
        assert!(matches!(session.origin(), Origin::Own(_)));
        assert_eq!(session.origin_in_town(), Origin::Town(Some("駅前")));
    }

    #[test]
    fn what_was_chosen_stays_within_the_loan() {
        let loan = |number| kairan_contract::Participation(uuid::Uuid::from_u128(number));
        let mut profile = Profile {
            neighbourhood: Some(one("本町", "ほんまち")),
            ..Profile::practised()
        };
        // A tablet of before did not note in which loan it was; and the same loan may be begun again.
        profile.begin_loan(loan(1));
        profile.begin_loan(loan(1));
        assert!(profile.neighbourhood.is_some());
        profile.begin_loan(loan(2));
        assert_eq!(profile.neighbourhood, None);
    }

    #[test]
    fn without_a_list_one_chooses_of_the_stops_and_without_stops_nothing_is_asked() {
        let mut snapshot = demonstration::snapshot();
        snapshot.neighbourhoods = Vec::new().into();
        let stops: Vec<String> = all(&snapshot).iter().map(|one| one.name.clone()).collect();
        assert_eq!(stops, ["駅前", "市民病院", "図書館前"]);
        snapshot
            .contents
            .retain(|_, it| !matches!(it, Content::Timetable(_)));
        let mut session = Session::new(Some(Arc::new(snapshot)), Profile::practised(), true);
        open_clinics(&mut session);
        assert_eq!(session.search(), None);
        assert!(!session.may_choose_neighbourhood());
    }
}
