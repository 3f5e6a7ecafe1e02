//! Events: open data of all generations. Calendars have a file of their own.

use std::collections::{HashMap, HashSet};

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use kairan_contract::Occurrence;

use super::{
    columns::{Columns, KnownColumns, Named},
    encoding::text_of,
    places::{address, joined, position},
    rows::{Row, Rows},
    when::{span, span_of_end, times},
    words::{day, folded, telephone},
};
use crate::{
    draft::{DraftContent, Gleaned, Skipped},
    error::SourceError,
    japan::day_in_japan,
};

/// The occurrences that a tablet holds of one source.
const OCCURRENCE_LIMIT: usize = 300;
/// Letters of a description; the rest is cut.
const DESCRIPTION_LIMIT: usize = 2_000;

#[rustfmt::skip]
const KNOWN: KnownColumns = &[
    ("title", &[
        "イベント名", "名称", "行事名", "行事名称", "催し名", "催し物名", "催事名", "催し", "タイトル", "事業名", "講座名", "件名", "title", "name",
        "eventName", "summary",
    ]),
    ("reading", &["イベント名_カナ", "イベント名(カナ)", "名称_カナ", "名称(カナ)", "フリガナ", "ふりがな", "よみがな"]),
    ("id", &["ID", "NO", "No.", "番号", "id"]),
    ("subtitle", &["サブタイトル", "副題"]),
    ("state", &["状態", "開催状況", "ステータス", "開催ステータス", "status"]),
    ("first_day", &[
        "開始日", "開催日", "開催開始日", "開始年月日", "開催年月日", "開催期間_開始", "開催日自", "日付", "開催日時", "開始日時", "startDate", "date",
    ]),
    ("last_day", &["終了日", "開催終了日", "終了年月日", "開催期間_終了", "開催日至", "終了日時", "endDate"]),
    ("begins", &["開始時間", "開始時刻", "開催時間", "開催開始時間", "時間", "startTime"]),
    ("ends", &["終了時間", "終了時刻", "開催終了時間", "endTime"]),
    ("time_note", &["開始日時特記事項", "日時備考", "開催日時特記事項", "開催時間備考"]),
    ("description", &["説明", "概要", "内容", "イベント概要", "description"]),
    ("note", &["備考", "特記事項"]),
    ("place", &["場所名称", "会場", "会場名", "開催場所", "場所", "開催場所名称", "集合場所", "place", "location", "venue"]),
    ("address", &["住所", "所在地", "所在地_連結表記", "会場住所", "開催場所住所", "address"]),
    ("prefecture", &["所在地_都道府県", "住所都道府県"]),
    ("city", &["所在地_市区町村", "住所市区町村"]),
    ("town", &["所在地_町字", "住所町名"]),
    ("block", &["所在地_番地以下", "住所丁目以下"]),
    ("building", &["方書", "建物名等(方書)", "建物名等"]),
    ("latitude", &["緯度", "北緯", "latitude", "lat"]),
    ("longitude", &["経度", "東経", "longitude", "lon", "lng"]),
    ("latitude_and_longitude", &["緯度経度", "座標"]),
    ("audience", &["対象者", "対象", "参加対象"]),
    ("fee", &["料金(基本)", "料金", "参加費", "参加料", "費用", "fee"]),
    ("fee_note", &["料金(詳細)"]),
    ("apply", &["参加申込方法", "申込方法", "申し込み方法"]),
    ("apply_until", &["参加申込終了日", "申込期限日", "申込締切日", "申込期限"]),
    ("contact", &["連絡先名称", "問い合わせ先", "問合せ先", "主催者", "主催団体", "主催"]),
    ("telephone", &["連絡先電話番号", "電話番号", "問い合わせ先電話番号", "問合せ先電話番号", "telephone"]),
    ("extension", &["連絡先内線番号", "内線番号"]),
];

/// What a catalogue may name under `columns`.
#[rustfmt::skip]
pub const COLUMNS: &[&str] = &[
    "title", "reading", "id", "subtitle", "state", "first_day", "last_day", "begins", "ends", "time_note", "description", "note", "place",
    "address", "prefecture", "city", "town", "block", "building", "latitude", "longitude", "latitude_and_longitude", "audience", "fee",
    "fee_note", "apply", "apply_until", "contact", "telephone", "extension",
];

/// What two rows must share to be the same occurrence.
type Same = (
    String,
    Date,
    Option<Time>,
    (Option<Time>, Option<String>, Option<String>),
);

/// Reads a table of events; `all` keeps those that are over.
pub fn parse(
    bytes: &[u8],
    named: &Named,
    now: Timestamp,
    all: bool,
) -> Result<Gleaned, SourceError> {
    let text = text_of(bytes)?;
    let table = Rows::read(&text, KNOWN, named, "title")?;
    if !table.columns.has("first_day") {
        return Err(SourceError::NotUnderstood(
            "no column is known to hold the first day — say which in the catalogue: columns.first_day = \"…\""
                .to_owned(),
        ));
    }
    let (mut occurrences, mut skipped) = (Vec::new(), table.skipped);
    let mut seen: HashMap<Same, u64> = HashMap::new();
    let mut ids = HashSet::new();
    for row in &table.below {
        let outcome = occurrence(&table.columns, row).and_then(|found| {
            let same = (
                found.title.clone(),
                found.first_day,
                found.begins,
                (found.ends, found.place.clone(), found.time_note.clone()),
            );
            match seen.insert(same.clone(), row.line) {
                Some(line) => {
                    seen.insert(same, line);
                    Err(format!("it is the same as on line {line}"))
                }
                None => Ok(found),
            }
        });
        match outcome {
            Ok(mut found) => {
                // Two sessions of one day have each their own page.
                if !ids.insert(found.id.clone()) {
                    found.id = format!("{}#{}", found.id, row.line);
                }
                occurrences.push(found);
            }
            Err(why) => skipped.push(Skipped::row(row.line, why)),
        }
    }
    Ok(Gleaned {
        draft: DraftContent::Events(coming(occurrences, now, all, &mut skipped)),
        skipped,
    })
}

/// What is not over yet, the soonest first.
pub fn coming(
    mut occurrences: Vec<Occurrence>,
    now: Timestamp,
    all: bool,
    skipped: &mut Vec<Skipped>,
) -> Vec<Occurrence> {
    let today = day_in_japan(now);
    occurrences.retain(|occurrence| all || occurrence.last_day >= today);
    occurrences.sort_by(|one, other| {
        let key = |of: &Occurrence| (of.first_day, of.begins);
        key(one)
            .cmp(&key(other))
            .then_with(|| one.title.cmp(&other.title))
    });
    if occurrences.len() > OCCURRENCE_LIMIT && !all {
        skipped.push(Skipped { file: None, line: None, why: format!(
                "{} occurrences are more than the {OCCURRENCE_LIMIT} that a tablet holds; the latest are left out",
                occurrences.len()
            ),
        });
        occurrences.truncate(OCCURRENCE_LIMIT);
    }
    occurrences
}

fn occurrence(columns: &Columns, row: &Row) -> Result<Occurrence, String> {
    let text = |word| columns.text(&row.cells, word);
    let line = |word| text(word).map(|words| words.replace('\n', " "));
    let title = line("title").ok_or("it has no title")?;
    if title.contains('\u{fffd}') {
        return Err("its title holds letters that cannot be read".to_owned());
    }
    let state = text("state").unwrap_or_default();
    if state.contains("中止") {
        return Err(format!("it does not take place: {}", short(&state)));
    }
    if let Some(note) = text("note").filter(|note| is_called_off(note)) {
        return Err(format!("it does not take place: {}", short(&note)));
    }
    let when = When::read(&text)?;
    let description = joined(&[line("subtitle"), text("description"), text("note")], "\n");
    let postponed = (!state.is_empty() && state.contains("延期")).then_some(state);
    Ok(Occurrence {
        id: format!(
            "{}@{}",
            text("id").unwrap_or_else(|| title.clone()),
            when.first_day
        ),
        reading: line("reading"),
        first_day: when.first_day,
        last_day: when.last_day,
        begins: when.begins,
        ends: when.ends,
        time_note: joined(&[postponed, when.note, line("time_note")], " "),
        description: description
            .map(|description| description.chars().take(DESCRIPTION_LIMIT).collect()),
        place: line("place"),
        address: address(&text),
        position: position(&text),
        audience: line("audience"),
        fee: joined(
            &[
                columns.cell(&row.cells, "fee").as_deref().map(fee),
                line("fee_note"),
            ],
            " ",
        ),
        application: joined(
            &[
                columns
                    .cell(&row.cells, "apply")
                    .as_deref()
                    .map(application),
                line("apply_until").map(|until| match day(&until) {
                    Some(day) => format!("{}月{}日まで", day.month(), day.day()),
                    None => until,
                }),
            ],
            " ",
        ),
        contact: line("contact"),
        telephone: telephone_with(text("telephone"), text("extension")),
        title,
    })
}

/// The days and times of an occurrence, from cells in which people write what they like.
struct When {
    first_day: Date,
    last_day: Date,
    begins: Option<Time>,
    ends: Option<Time>,
    /// What could not be understood and is worth reading: 雨天中止, 終日, 13日も.
    note: Option<String>,
}

impl When {
    fn read(text: &impl Fn(&'static str) -> Option<String>) -> Result<Self, String> {
        let until = text("last_day");
        // An exhibition that has long begun often says no more than when it ends.
        let written = text("first_day")
            .or_else(|| until.clone())
            .ok_or("it has no day")?;
        let span = span(&written).ok_or_else(|| format!("`{}` is no day", short(&written)))?;
        let last = until.as_deref().and_then(span_of_end);
        let last_day = last.map_or(span.last_day, |(day, _)| day);
        let first_day = span.first_day;
        if last_day < first_day {
            return Err(format!(
                "it ends on {last_day}, before it begins on {first_day}"
            ));
        }
        let (begins, ends) = (text("begins"), text("ends"));
        let (begun, range_end, rest_of_begin) = begins.as_deref().map_or((None, None, None), times);
        let (ended, _, rest_of_end) = ends.as_deref().map_or((None, None, None), times);
        let unread_end = until.filter(|_| last.is_none());
        Ok(Self {
            first_day,
            last_day,
            begins: begun.or(span.begins),
            ends: ended
                .or(range_end)
                .or(last.and_then(|(_, time)| time))
                .or(span.ends),
            note: joined(
                &[
                    text("first_day").is_none().then(|| "この日まで".to_owned()),
                    span.rest,
                    rest_of_begin,
                    rest_of_end,
                    unread_end,
                ],
                " ",
            ),
        })
    }
}

fn telephone_with(number: Option<String>, extension: Option<String>) -> Option<String> {
    let number = telephone(&number?)?;
    Some(match extension {
        Some(extension) => format!("{number} 内線{extension}"),
        None => number,
    })
}

/// Whether a remark says that the event has been called off; 雨天中止 says only that it may be.
fn is_called_off(note: &str) -> bool {
    [
        "中止となりました",
        "中止になりました",
        "中止しました",
        "中止いたしました",
        "中止が決まりました",
    ]
    .iter()
    .any(|words| note.contains(words))
}

/// A fee that is a bare number is in yen; none is 無料.
fn fee(fee: &str) -> String {
    let plain = folded(fee).replace(',', "");
    match (plain.as_str(), plain.parse::<u32>()) {
        ("なし" | "無" | "無し" | "-" | "無料", _) | (_, Ok(0)) => "無料".to_owned(),
        (_, Ok(number)) => format!("{number}円"),
        _ => fee.replace('\n', " "),
    }
}

fn application(way: &str) -> String {
    match folded(way).as_str() {
        "なし" | "無" | "無し" | "不要" => "申しこみは いりません".to_owned(),
        _ => way.replace('\n', " "),
    }
}

fn short(text: &str) -> String {
    text.chars().take(30).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "NO,イベント名,開始日,終了日,開始時間,終了時間,場所名称,料金(基本),参加申込終了日,連絡先電話番号";

    fn read(rows: &str, all: bool) -> (Vec<Occurrence>, Vec<String>) {
        let now = "2026-11-23T00:00:00Z".parse().expect("a time");
        let text = format!("{HEADER}\n{rows}");
        let gleaned = parse(text.as_bytes(), &Named::new(), now, all).expect("reads");
        let DraftContent::Events(occurrences) = gleaned.draft else {
            panic!("no events")
        };
        let skipped = gleaned.skipped.iter().map(Skipped::to_string).collect();
        (occurrences, skipped)
    }

    #[test]
    fn what_is_over_goes_and_what_lasts_stays_in_the_order_of_the_days() {
        let (occurrences, skipped) = read(
            "1,もちつき,令和8年12月13日,,午前10時,,公民館,0,2026/12/1,(0796)45-0800\n\
             2,菊花展,2026/11/1,2026/11/23,9：00,17：00,城あと公園,500,,\n\
             3,夏まつり,2026-08-01,,,,,,,\n",
            false,
        );
        assert_eq!(skipped, [""; 0]);
        let titles: Vec<&str> = occurrences.iter().map(|o| o.title.as_str()).collect();
        assert_eq!(titles, ["菊花展", "もちつき"]);
        let mochi = &occurrences[1];
        assert_eq!(mochi.begins, Time::new(10, 0, 0, 0).ok());
        assert_eq!(mochi.fee.as_deref(), Some("無料"));
        assert_eq!(mochi.application.as_deref(), Some("12月1日まで"));
        assert_eq!(mochi.telephone.as_deref(), Some("0796-45-0800"));
        assert_eq!(occurrences[0].fee.as_deref(), Some("500円"));
        assert_eq!(read("3,夏まつり,2026-08-01,,,,,,,\n", true).0.len(), 1);
    }

    #[test]
    fn each_bad_row_is_told_with_its_line() {
        let (occurrences, skipped) = read(
            "1,体操,2026-12-01,,終日,,公民館,,,\n1,体操,2026-12-01,,終日,,公民館,,,\n2,,2026-12-01,,,,,,,\n\
             3,いつか,未定,,,,,,,\n4,さかさま,2026-12-05,2026-12-01,,,,,,\n5,\"二行の\n題名\",2026-12-02,,,,,,,\n6,足りない\n",
            false,
        );
        assert_eq!(occurrences.len(), 2);
        assert_eq!(occurrences[0].time_note.as_deref(), Some("終日"));
        assert_eq!(occurrences[1].title, "二行の 題名");
        assert_eq!(
            skipped,
            [
                "3: it is the same as on line 2",
                "4: it has no title",
                "5: `未定` is no day",
                "6: it ends on 2026-12-01, before it begins on 2026-12-05",
                "9: it has no day",
            ]
        );
    }

    #[test]
    fn a_remark_calls_off_and_a_condition_does_not() {
        assert!(is_called_off("※荒天のため中止になりました"));
        assert!(is_called_off("感染症のため中止いたしました。"));
        assert!(!is_called_off("雨天中止"));
        assert!(!is_called_off("雨天の場合は中止します。"));
    }

    #[test]
    fn ranges_sessions_and_what_is_called_off() {
        let header = "イベント名,状態,開始日,終了日,開始時間,参加費";
        let now = "2026-11-23T00:00:00Z".parse().expect("a time");
        let text = format!(
            "{header}\nA,,2026/12/1～2026/12/5,,10:00～12:00,なし\nB,中止,2026/12/1,,,\nC,,2026年12月6日（日）10:00～12:00,,,\"1,000\"\n\
             D,,2026/12/7 0:00:00,未定,,\nE,,2026/12/8,,午前の部,\nE,,2026/12/8,,午後の部,\nF,,2026年12月9日、16日,,13時開場 13時30分開演,\n"
        );
        let gleaned = parse(text.as_bytes(), &Named::new(), now, false).expect("reads");
        let DraftContent::Events(found) = gleaned.draft else {
            panic!("no events")
        };
        let at = |hour, minute| Time::new(hour, minute, 0, 0).ok();
        let by = |title: &str| found.iter().find(|it| it.title == title).expect(title);
        assert_eq!(by("A").last_day, jiff::civil::date(2026, 12, 5));
        assert_eq!((by("A").begins, by("A").ends), (at(10, 0), at(12, 0)));
        assert_eq!(by("A").fee.as_deref(), Some("無料"));
        assert!(found.iter().all(|it| it.title != "B"));
        assert_eq!((by("C").begins, by("C").ends), (at(10, 0), at(12, 0)));
        assert_eq!(by("C").fee.as_deref(), Some("1000円"));
        assert_eq!(by("D").begins, None);
        assert_eq!(by("D").time_note.as_deref(), Some("未定"));
        let sessions: Vec<_> = found.iter().filter(|it| it.title == "E").collect();
        assert_eq!(sessions.len(), 2);
        assert_ne!(sessions[0].id, sessions[1].id);
        assert!(
            by("F")
                .time_note
                .as_deref()
                .is_some_and(|note| note.contains("16日") && note.contains("13時30分開演"))
        );
    }

    proptest::proptest! {
        #[test]
        fn no_table_ends_in_a_panic(body in "[\"\\n,あ令和年月日0-9/:-]{0,200}") {
            let now = Timestamp::UNIX_EPOCH;
            let _ = parse(format!("{HEADER}\n{body}").as_bytes(), &Named::new(), now, true);
        }
    }
}
