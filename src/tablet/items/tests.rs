//! That what a list offers can be opened, and says what it should.

use super::*;
use crate::{
    demonstration,
    screens::list::{Counting, rows},
    session::{neighbourhood::ORIGIN_ROW, stops::STOPS_ROW},
};

#[test]
fn every_row_of_every_list_can_be_opened() {
    let snapshot = demonstration::snapshot();
    let lists = snapshot
        .contents
        .values()
        .filter(|content| is_list(content));
    let mut opened = 0;
    for content in lists {
        let profile = crate::profile::Profile::default();
        let counting = Counting {
            origin: Origin::Town(None),
            may_choose: true,
        };
        let rows = rows(content, &profile, counting, demonstration::now());
        // The rows that lead to a choice are none of the content.
        let leads_on = |id: &str| id == STOPS_ROW || id == ORIGIN_ROW;
        for row in rows.iter().filter(|row| !leads_on(&row.id)) {
            assert!(has_item(content, &row.id), "{}", row.id);
            let article =
                item(content, &row.id, counting.origin, Language::JAPANESE).expect("it opens");
            assert!(!article.title.is_empty());
            opened += 1;
        }
    }
    assert!(opened > 20);
}

#[test]
fn what_has_left_or_is_over_is_not_shown() {
    let snapshot = demonstration::snapshot();
    let content = |id: &str| &snapshot.contents[&id.parse().expect("an id")];
    let Content::Timetable(board) = content("bus") else {
        panic!("no timetable")
    };
    let last = board.departures.last().expect("departures").at;
    assert_eq!(upcoming(board, last).len(), 1);
    assert_eq!(upcoming(board, last + 2.minutes()).len(), 0);
    let Content::Events { occurrences } = content("gatherings") else {
        panic!("no events")
    };
    let over: Vec<bool> = occurrences[..3]
        .iter()
        .map(|it| is_over(it, demonstration::now()))
        .collect();
    // Radio exercise in the morning, go until four, radio exercise tomorrow.
    assert_eq!(over, [true, false, false]);
}

#[test]
fn a_timetable_that_has_ended_and_old_warnings_say_so() {
    let snapshot = demonstration::snapshot();
    let content = |id: &str| snapshot.contents[&id.parse().expect("an id")].clone();
    let Content::Timetable(mut board) = content("bus") else {
        panic!("no timetable")
    };
    assert_eq!(
        age_in_words(&content("bus"), demonstration::now(), Language::JAPANESE),
        None
    );
    board.published_until = Some(jiff::civil::date(2026, 11, 21));
    let ended = age_in_words(
        &Content::Timetable(board),
        demonstration::now(),
        Language::JAPANESE,
    );
    assert!(ended.is_some_and(|words| words.contains("11月21日(土)で 終わりました")));
    let warnings = content("warnings");
    assert_eq!(
        age_in_words(&warnings, demonstration::now(), Language::JAPANESE),
        None
    );
    for hours in [-30_i64, 30] {
        let then = demonstration::now() + jiff::SignedDuration::from_hours(hours);
        assert!(
            age_in_words(&warnings, then, Language::ENGLISH).is_some(),
            "{hours}"
        );
    }
}
