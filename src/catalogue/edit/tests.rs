//! Catalogues that are changed, and what nobody touched in them.

use super::*;

const TEXT: &str = r#"# The council
[council]
name = "ひだまり市"

# ── tiles ──
#   a long explanation

# the first
[[service]]
id = "news"
title = "お知らせ"   # what the mayor likes
areas = ["99201", "99202"]
content = { kind = "feed", url = "news.xml" }

[[service]]
id = "bus"
title = "バス"
until = 2026-12-31

[service.content]
kind = "timetable"   # GTFS-JP
url = "bus.zip"

[[message]]
id = "welcome"
"#;

fn tile(text: &str, id: &str) -> Typed {
    let tiles = entries(text, Part::Tile).expect("reads");
    tiles.into_iter().find(|it| it["id"] == id).expect("there")
}

#[test]
fn a_tile_is_typed_as_a_person_would() {
    let news = tile(TEXT, "news");
    assert_eq!(news["areas"], "99201, 99202");
    assert_eq!(news["content"], "kind = \"feed\"\nurl = \"news.xml\"");
    let bus = tile(TEXT, "bus");
    assert_eq!(
        (&*bus["until"], &*bus["content"]),
        ("2026-12-31", "kind = \"timetable\"\nurl = \"bus.zip\"")
    );
}

#[test]
fn what_nobody_touched_stays_as_it_was_written() {
    for id in ["news", "bus"] {
        assert_eq!(
            put(TEXT, Part::Tile, Some(id), &tile(TEXT, id)).expect("puts"),
            TEXT
        );
    }
    let mut news = tile(TEXT, "news");
    news.insert("title".to_owned(), "市の\"お知らせ\"".to_owned());
    let changed = put(TEXT, Part::Tile, Some("news"), &news).expect("puts");
    assert_eq!(
        changed,
        TEXT.replace("\"お知らせ\"   #", "'市の\"お知らせ\"'   #"),
        "the comment stays behind it"
    );
    let mut bus = tile(TEXT, "bus");
    bus.remove("until");
    let changed = put(TEXT, Part::Tile, Some("bus"), &bus).expect("puts");
    assert_eq!(changed, TEXT.replace("until = 2026-12-31\n", ""));
}

#[test]
fn a_new_tile_stands_at_the_end_and_can_be_read_again() {
    let fields = [
        ("id", "shop"),
        ("title", "買い物"),
        ("from", "2026-12-01"),
        ("areas", "99201、99202"),
        (
            "content",
            "kind = \"page\"\nfile = \"shop.md\"\nnear = [34.5, 135.0]",
        ),
    ];
    let shop: Typed = fields
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into();
    let changed = put(TEXT, Part::Tile, None, &shop).expect("puts");
    let mut read = tile(&changed, "shop");
    assert_eq!(read.remove("areas").as_deref(), Some("99201, 99202"));
    assert_eq!(read["content"], shop["content"]);
    assert!(changed.starts_with(&TEXT[..TEXT.find("[[message]]").expect("there")]));
    let broken: Typed = [("content".to_owned(), "kind = ".to_owned())].into();
    assert!(matches!(
        put(TEXT, Part::Tile, None, &broken),
        Err(NotEdited::Content)
    ));
}

#[test]
fn tiles_change_places_and_go_with_their_comments() {
    let moved_text = moved(TEXT, Part::Tile, "bus", Way::Up).expect("moves");
    let order = |text: &str| -> Vec<String> {
        let tiles = entries(text, Part::Tile).expect("reads");
        tiles
            .into_iter()
            .map(|mut it| it.remove("id").expect("an id"))
            .collect()
    };
    assert_eq!(order(&moved_text), ["bus", "news"]);
    assert!(moved_text.contains("# the first\n[[service]]\nid = \"news\""));
    assert!(moved_text.find("long explanation") < moved_text.find("[[service]]"));
    assert_eq!(tile(&moved_text, "bus"), tile(TEXT, "bus"));
    assert_eq!(
        moved(&moved_text, Part::Tile, "bus", Way::Down).expect("moves"),
        TEXT
    );
    assert_eq!(
        moved(TEXT, Part::Tile, "news", Way::Up).expect("stays"),
        TEXT
    );
    let removed = remove(TEXT, Part::Tile, "bus").expect("removes");
    assert_eq!(order(&removed), ["news"]);
    assert!(removed.contains("[[message]]") && !removed.contains("bus.zip"));
    assert!(matches!(
        remove(TEXT, Part::Tile, "none"),
        Err(NotEdited::Gone)
    ));
    // At the end of the file, with and without a last line feed.
    for end in ["\n", ""] {
        let text = format!("[[service]]\nid = \"a\"\n\n[[service]]\nid = \"b\"{end}");
        let swapped = format!("[[service]]\nid = \"b\"\n\n[[service]]\nid = \"a\"{end}");
        assert_eq!(
            moved(&text, Part::Tile, "a", Way::Down).expect("moves"),
            swapped
        );
    }
}
#[test]
fn every_part_has_its_form() {
    let mut council = entries(TEXT, Part::Council).expect("reads").remove(0);
    council.insert("name".to_owned(), "ひだまり町".to_owned());
    let changed = put(TEXT, Part::Council, None, &council).expect("puts");
    assert_eq!(changed, TEXT.replace("ひだまり市", "ひだまり町"));
    let message: Typed = [("id", "flu"), ("text", "予防接種\n\n保健所で")]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into();
    let changed = put(TEXT, Part::Message, None, &message).expect("puts");
    let read = entries(&changed, Part::Message).expect("reads");
    assert_eq!(read.last(), Some(&message), "{changed}");
    let removed = remove(&changed, Part::Message, "welcome").expect("removes");
    assert_eq!(entries(&removed, Part::Message).expect("reads"), [message]);
}

#[test]
fn what_stands_between_two_that_change_places_stays() {
    let text = "[[service]]\nid = \"a\"\n\n# A message\n[[message]]\nid = \"x\"\n\n[[service]]\nid = \"b\"\n";
    let changed = moved(text, Part::Tile, "a", Way::Down).expect("moves");
    let expected = "[[service]]\nid = \"b\"\n\n# A message\n[[message]]\nid = \"x\"\n\n[[service]]\nid = \"a\"\n";
    assert_eq!(changed, expected);
    assert_eq!(
        moved(&changed, Part::Tile, "a", Way::Up).expect("moves"),
        text
    );
}
