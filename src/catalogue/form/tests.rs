//! A form's file is read as it is written, every fault is told with its line, and what is on offer follows the clock.

use std::path::{Path, PathBuf};

use jiff::civil::time;
use kairan_contract::{AnswerType, LeadsTo};
use kairan_sources::beside::Role;
use url::Url;

use super::*;
use crate::content::{NotThere, Surroundings};

/// The files of the demonstration.
struct Demonstration;

impl Surroundings for Demonstration {
    fn look(&self, _: &Path, _: Role) -> Result<(), NotThere> {
        Ok(())
    }

    fn lets(&self, _: &Path, _: &Url) -> bool {
        false
    }

    fn reaches(&self, _: &str) -> bool {
        false
    }

    fn read(&self, file: &Path, _: Role, _: usize) -> Result<Option<Vec<u8>>, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let bytes = std::fs::read(root.join(file));
        bytes.map(Some).map_err(|error| error.to_string())
    }
}

fn demonstration(name: &str) -> (PathBuf, String) {
    let file = PathBuf::from(format!("assets/demonstration/forms/{name}.toml"));
    let bytes = Demonstration.read(&file, Role::Programme, FILE_LIMIT);
    let bytes = bytes.expect("reads").expect("is there");
    (file, String::from_utf8(bytes).expect("is text"))
}

fn form(name: &str) -> FormDefinition {
    let (file, text) = demonstration(name);
    read(&file, &text, &Demonstration).unwrap_or_else(|faults| {
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", told.join("\n"))
    })
}

fn at(text: &str) -> Timestamp {
    let local: jiff::civil::DateTime = text.parse().expect("a time");
    zone().to_timestamp(local).expect("a time")
}

fn offered(definition: &FormDefinition, stock: &Stock, now: &str) -> Form {
    let hours = OpeningHours::default();
    definition.on_offer(stock, &hours, &Holidays::of_japan(), at(now))
}

#[test]
fn the_forms_of_the_demonstration_are_read() {
    let shopping = form("shopping");
    assert_eq!(shopping.form.questions.len(), 4);
    assert_eq!(shopping.goods.len(), 17);
    assert_eq!(shopping.rules.answer_within_hours, 4);
    assert_eq!(shopping.files.len(), 2, "both files are watched");
    let consultation = form("consultation");
    let AnswerType::OneOf { choices } = &consultation.form.questions[1].answer else {
        panic!("one of a few")
    };
    let to = |id: &str| Some(LeadsTo::Question(id.parse().expect("an id")));
    let led: Vec<_> = choices.iter().map(|it| it.leads_to.clone()).collect();
    assert_eq!(led, [to("when"), None, to("people")]);
    assert!(form("bulky-waste").form.is_provisional);
}

#[test]
fn windows_are_offered_for_two_weeks_while_one_can_still_ask() {
    let shopping = form("shopping");
    // A Tuesday evening, ten past the time for Wednesday.
    let form = offered(&shopping, &Stock::default(), "2026-12-01T17:10");
    let first = &form.windows[0];
    assert_eq!(first.id.as_str(), "20261203-1000-1200");
    assert_eq!(
        (first.begins_at, first.ends_at),
        (at("2026-12-03T10:00"), at("2026-12-03T12:00"))
    );
    assert_eq!(first.ask_until, at("2026-12-02T17:00"));
    let last = form.windows.last().expect("some");
    assert_eq!(last.begins_at, at("2026-12-14T14:00"));
    assert!(form.windows.is_sorted_by_key(|it| it.begins_at));
    // Saturdays are not served, because the provider is closed then; nor is the emperor's birthday.
    let form = offered(&shopping, &Stock::default(), "2027-02-15T09:00");
    let days: Vec<String> = form
        .windows
        .iter()
        .map(|it| it.id.as_str()[..8].to_owned())
        .collect();
    assert!(!days.contains(&"20270220".to_owned()) && !days.contains(&"20270223".to_owned()));
    assert!(days.contains(&"20270224".to_owned()));
}

#[test]
fn what_is_full_or_sold_out_says_so() {
    let shopping = form("shopping");
    let window: WindowId = "20261203-1000-1200".parse().expect("an id");
    let salmon = GoodId::try_from("salmon-2".to_owned()).expect("an id");
    let mut stock = Stock::default();
    stock.taken.insert(window.clone(), 8);
    stock.left.insert(salmon.clone(), 0);
    assert_eq!(shopping.places_of(&window), Some(8));
    let form = offered(&shopping, &stock, "2026-12-01T17:10");
    assert!(form.windows[0].is_full && !form.windows[1].is_full);
    let sold_out: Vec<&str> = form
        .goods
        .iter()
        .filter(|it| it.is_sold_out)
        .map(|it| it.id.as_str())
        .collect();
    assert_eq!(sold_out, ["salmon-2", "battery-4"]);
    stock.left.insert(salmon, 3);
    let form = offered(&shopping, &stock, "2026-12-01T17:10");
    assert!(
        !form
            .goods
            .iter()
            .any(|it| it.id.as_str() == "salmon-2" && it.is_sold_out)
    );
}

#[test]
fn one_can_ask_until_so_long_before() {
    let hours = OpeningHours::default();
    let holidays = Holidays::of_japan();
    let open_days = |days| AskUntil::Days {
        days,
        at: time(15, 0, 0, 0),
        are_open_days: true,
    };
    for (until, begins, expected) in [
        (AskUntil::Hours(24), "2026-12-03T10:00", "2026-12-02T10:00"),
        // The Monday before is asked for on the Friday before.
        (open_days(1), "2026-12-07T10:00", "2026-12-04T15:00"),
        // And Tuesday after a holiday, too.
        (open_days(1), "2026-11-24T10:00", "2026-11-20T15:00"),
        (open_days(0), "2026-12-03T10:00", "2026-12-03T10:00"),
    ] {
        let found = until.before(at(begins), &hours, &holidays);
        assert_eq!(found, at(expected), "{until:?} before {begins}");
    }
}

/// The faults of the text with `to` in place of `from`, each with its line; and the line on which `from` stood.
fn faults_of(name: &str, from: &str, to: &str) -> (usize, Vec<(usize, String)>) {
    let (file, text) = demonstration(name);
    let place = text
        .find(from)
        .unwrap_or_else(|| panic!("{from} stands there"));
    let line = text[..place].matches('\n').count() + 1;
    let text = text.replacen(from, to, 1);
    let faults = read(&file, &text, &Demonstration).expect_err("faults");
    let told = faults.iter().map(|fault| {
        assert_eq!(fault.file.as_deref(), Some(&*file));
        (fault.line, fault.to_string())
    });
    (line, told.collect())
}

#[test]
fn every_fault_is_told_with_its_line_and_what_to_do() {
    for (name, from, to, words) in [
        (
            "shopping",
            "title = \"買い物\"",
            "titel = \"買い物\"",
            "`titel`",
        ),
        (
            "shopping",
            "id = \"shopping\"",
            "id = \"Shopping!\"",
            "cannot be an id",
        ),
        ("shopping", "type = \"goods\"", "type = \"food\"", "`food`"),
        (
            "shopping",
            "goods = \"assets/demonstration/forms/goods.csv\"\n",
            "",
            "`goods`",
        ),
        (
            "shopping",
            "from = \"10:00\"",
            "from = \"25:00\"",
            "`25:00`",
        ),
        ("shopping", "until = \"12:00\"", "until = \"9:00\"", "ends"),
        ("shopping", "days = [\"mon\"", "days = [\"moon\"", "`moon`"),
        (
            "shopping",
            "delivery_fee = 200",
            "delivery_fee = 1000000000",
            "100000",
        ),
        (
            "shopping",
            "at = \"17:00\" }\n\n[[question]]",
            "}\n\n[[question]]",
            "`at`",
        ),
        (
            "shopping",
            "needs = [\"name\"",
            "needs = [\"blood\"",
            "`blood`",
        ),
        (
            "consultation",
            "leads_to = \"people\"",
            "leads_to = \"about\"",
            "`about`",
        ),
        (
            "consultation",
            "leads_to = \"people\"",
            "leads_to = \"nowhere\"",
            "`nowhere`",
        ),
        ("consultation", "id = \"parking\"", "id = \"how\"", "`how`"),
        (
            "consultation",
            "id = \"parking\"",
            "id = \"check\"",
            "`check`",
        ),
        ("consultation", "most = 5", "most = 1", "most"),
    ] {
        let (line, faults) = faults_of(name, from, to);
        let found = faults
            .iter()
            .any(|(at, told)| *at == line && told.contains(words));
        assert!(found, "{to}: {faults:#?}");
    }
}

#[test]
fn goods_with_a_doubled_number_are_told_with_both_lines() {
    struct Doubled;
    impl Surroundings for Doubled {
        fn look(&self, _: &Path, _: Role) -> Result<(), NotThere> {
            Ok(())
        }
        fn lets(&self, _: &Path, _: &Url) -> bool {
            false
        }
        fn reaches(&self, _: &str) -> bool {
            false
        }
        fn read(&self, _: &Path, _: Role, _: usize) -> Result<Option<Vec<u8>>, String> {
            Ok(Some("id,name,price\na,牛乳,100\na,卵,200\n".into()))
        }
    }
    let (file, text) = demonstration("shopping");
    let faults = read(&file, &text, &Doubled).expect_err("faults");
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("assets/demonstration/forms/goods.csv:3:"),
        "{}",
        told[0]
    );
    assert!(told[0].contains("line 2"), "{}", told[0]);
}

proptest::proptest! {
    #[test]
    fn no_file_ends_in_a_panic(cut in 0_usize..3_000, noise in "[\\[\\]=\"a-z0-9\\n あ{}.,-]{0,60}") {
        let (file, text) = demonstration("consultation");
        let place = text.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(text.len());
        let text = format!("{}{noise}{}", &text[..place], &text[place..]);
        let _ = read(&file, &text, &Demonstration);
    }
}
