//! The JMA's warnings (`warning/data/r8/{office}.json`): several bulletins at once, merged into what
//! is in force for one municipality.
//!
//! For one kind of bulletin (`dataTypeCode`) the newest that names the municipality decides and is
//! complete; different kinds add up. A 200 proves nothing: the age of the newest bulletin does.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::Offset};
use kairan_contract::{Warning, WarningLevel, Warnings};
use serde::Deserialize;
use serde_json::Value;

use super::{Draft, Gleaned, Skipped, SourceError, html::tidy};

/// What was made longer ago than this is not shown as current.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);
/// The JMA's clock and ours may differ by so much.
const FURTHEST_AHEAD: SignedDuration = SignedDuration::from_mins(5);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bulletin {
    #[serde(default)]
    publishing_office: String,
    control_datetime: Option<String>,
    report_datetime: String,
    info_type: Option<String>,
    headline_text: Option<String>,
    data_type_code: Option<String>,
    /// 通常, 訓練 or 試験 in the XML from which these are made.
    status: Option<String>,
    warning: Areas,
}

#[derive(Deserialize)]
struct Areas {
    #[serde(default, rename = "class20Items")]
    municipalities: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    area_code: String,
    #[serde(default)]
    kinds: Vec<Kind>,
}

#[derive(Deserialize, Clone)]
struct Kind {
    code: Option<String>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    additions: Vec<Value>,
}

/// A bulletin whose times are understood.
struct Dated {
    reported_at: Timestamp,
    controlled_at: Timestamp,
    bulletin: Bulletin,
}

/// Reads what is in force for the municipality with the code `area`. `all` passes over the age.
pub fn parse(bytes: &[u8], area: &str, now: Timestamp, all: bool) -> Result<Gleaned, SourceError> {
    let mut skipped = Vec::new();
    let bulletins = newest_first(read(bytes)?, &mut skipped);
    let Some(newest) = bulletins.first() else {
        return Err(SourceError::NotUnderstood(
            "there is no bulletin in it that can be read".to_owned(),
        ));
    };
    if !all {
        check_age(newest.reported_at, now)?;
    }
    let names_it = |dated: &&Dated| item(dated, area).is_some();
    if !bulletins.iter().any(|dated| names_it(&dated)) {
        return Err(SourceError::NotUnderstood(format!(
            "no bulletin names the municipality {area}; it names, for example, {}",
            some_areas(&bulletins)
        )));
    }
    let mut in_force = in_force(&bulletins, area);
    in_force.sort_by(|one, other| {
        other
            .level
            .cmp(&one.level)
            .then_with(|| one.code.cmp(&other.code))
    });
    Ok(Gleaned {
        draft: Draft::Warnings(Warnings {
            area: area.to_owned(),
            publishing_office: newest.bulletin.publishing_office.clone(),
            reported_at: newest.reported_at,
            headline: headline(&bulletins, area),
            in_force,
        }),
        skipped,
    })
}

fn read(bytes: &[u8]) -> Result<Vec<Value>, SourceError> {
    let not_understood = |why: String| SourceError::NotUnderstood(why);
    let document: Value = serde_json::from_slice(bytes)
        .map_err(|error| not_understood(format!("these are no JMA warnings ({error})")))?;
    match document {
        Value::Array(bulletins) => Ok(bulletins),
        Value::Object(object) if object.contains_key("areaTypes") => Err(not_understood(
            "this is the old form of the JMA's warnings, which has been frozen since 2026-05-28; use …/warning/data/r8/"
                .to_owned(),
        )),
        _ => Err(not_understood("these are no JMA warnings".to_owned())),
    }
}

/// The bulletins in their order of time. One that cannot be read is told and spoils no other.
fn newest_first(documents: Vec<Value>, skipped: &mut Vec<Skipped>) -> Vec<Dated> {
    let mut dated = Vec::new();
    let mut cancelled = Vec::new();
    for (index, document) in documents.into_iter().enumerate() {
        let mut skip = |why: String| {
            skipped.push(Skipped {
                file: None,
                line: None,
                why: format!("bulletin {}: {why}", index + 1),
            });
        };
        let bulletin: Bulletin = match serde_json::from_value(document) {
            Ok(bulletin) => bulletin,
            Err(error) => {
                skip(error.to_string());
                continue;
            }
        };
        if let Some(status) = bulletin.status.as_deref()
            && status != "通常"
        {
            // A drill is never shown as real.
            skip(format!("it is marked {status}"));
            continue;
        }
        let Some(reported_at) = timestamp(&bulletin.report_datetime) else {
            skip(format!("`{}` is no time", bulletin.report_datetime));
            continue;
        };
        let controlled_at = bulletin.control_datetime.as_deref().and_then(timestamp);
        if bulletin.info_type.as_deref() == Some("取消") {
            cancelled.push((bulletin.data_type_code.clone(), reported_at));
            continue;
        }
        dated.push(Dated {
            reported_at,
            controlled_at: controlled_at.unwrap_or(reported_at),
            bulletin,
        });
    }
    dated.retain(|dated| {
        !cancelled.contains(&(dated.bulletin.data_type_code.clone(), dated.reported_at))
    });
    dated.sort_by_key(|dated| std::cmp::Reverse((dated.reported_at, dated.controlled_at)));
    dated
}

fn check_age(newest: Timestamp, now: Timestamp) -> Result<(), SourceError> {
    let age = now.duration_since(newest);
    let at = newest.to_zoned(jiff::tz::TimeZone::fixed(Offset::constant(9)));
    let at = at.strftime("%Y-%m-%d %H:%M");
    if age > OLDEST {
        return Err(SourceError::NotUnderstood(format!(
            "the newest bulletin is of {at}, more than 24 hours ago: it is not current"
        )));
    }
    if age < -FURTHEST_AHEAD {
        return Err(SourceError::NotUnderstood(format!(
            "the newest bulletin is of {at}, which has not come yet: it is not current"
        )));
    }
    Ok(())
}

fn item<'b>(dated: &'b Dated, area: &str) -> Option<&'b Item> {
    let items = &dated.bulletin.warning.municipalities;
    items.iter().find(|item| item.area_code == area)
}

fn some_areas(bulletins: &[Dated]) -> String {
    let codes: std::collections::BTreeSet<&str> = bulletins
        .iter()
        .flat_map(|dated| &dated.bulletin.warning.municipalities)
        .map(|item| item.area_code.as_str())
        .collect();
    let some: Vec<&str> = codes.into_iter().take(5).collect();
    some.join(", ")
}

fn in_force(bulletins: &[Dated], area: &str) -> Vec<Warning> {
    let mut found: BTreeMap<String, Warning> = BTreeMap::new();
    let mut add = |kind: &Kind, since: Timestamp| {
        let warning = warning(kind, since);
        found
            .entry(warning.code.clone() + &warning.name)
            .or_insert(warning);
    };
    // Those of one kind, the newest first.
    let mut of_type: HashMap<&str, Vec<(&Item, Timestamp)>> = HashMap::new();
    let mut decided: HashSet<String> = HashSet::new();
    for dated in bulletins {
        let Some(item) = item(dated, area) else {
            continue;
        };
        if let Some(code) = dated.bulletin.data_type_code.as_deref() {
            let mentions = of_type.entry(code).or_default();
            mentions.push((item, dated.reported_at));
            continue;
        }
        // Without a kind, the newest mention of each code decides.
        for kind in &item.kinds {
            let Some(code) = kind.code.clone() else {
                continue;
            };
            if decided.insert(code) && is_in_force(kind) {
                add(kind, dated.reported_at);
            }
        }
    }
    for mentions in of_type.values() {
        let Some((newest, _)) = mentions.first() else {
            continue;
        };
        for kind in newest.kinds.iter().filter(|kind| is_in_force(kind)) {
            let without_a_break = mentions.iter().take_while(|(item, _)| {
                let same = |known: &&Kind| known.code == kind.code && is_in_force(known);
                item.kinds.iter().any(|known| same(&known))
            });
            if let Some((_, since)) = without_a_break.last() {
                add(kind, *since);
            }
        }
    }
    found.into_values().collect()
}

/// What says that it is over, or that there was nothing. Everything else is in force, what nobody
/// has heard of too.
fn is_in_force(kind: &Kind) -> bool {
    !matches!(
        kind.status.as_str(),
        "解除" | "なし" | "発表警報・注意報はなし"
    ) && kind.code.as_deref() != Some("00")
}

fn warning(kind: &Kind, since: Timestamp) -> Warning {
    let code = kind.code.clone().unwrap_or_default();
    let (name, level) = meaning(&code, &kind.status);
    let additions = kind.additions.iter().filter_map(|addition| match addition {
        Value::String(text) => Some(tidy(text)),
        _ => None,
    });
    Warning {
        what_to_do: what_to_do(level).to_owned(),
        name,
        level,
        additions: additions.collect(),
        since,
        code,
    }
}

fn meaning(code: &str, status: &str) -> (String, WarningLevel) {
    use WarningLevel::{Advisory, ElderlyLeave, EverybodyLeaves, LivesInDanger};
    let (name, level) = match code {
        "10" => ("大雨注意報", Advisory),
        "03" => ("大雨警報", ElderlyLeave),
        "43" => ("大雨危険警報", EverybodyLeaves),
        "33" => ("大雨特別警報", LivesInDanger),
        "29" => ("土砂災害注意報", Advisory),
        "09" => ("土砂災害警報", ElderlyLeave),
        "49" => ("土砂災害危険警報", EverybodyLeaves),
        "39" => ("土砂災害特別警報", LivesInDanger),
        "19" => ("高潮注意報", Advisory),
        "08" => ("高潮警報", ElderlyLeave),
        "48" => ("高潮危険警報", EverybodyLeaves),
        "38" => ("高潮特別警報", LivesInDanger),
        "02" => ("暴風雪警報", ElderlyLeave),
        "04" => ("洪水警報", ElderlyLeave),
        "05" => ("暴風警報", ElderlyLeave),
        "06" => ("大雪警報", ElderlyLeave),
        "07" => ("波浪警報", ElderlyLeave),
        "32" => ("暴風雪特別警報", LivesInDanger),
        "35" => ("暴風特別警報", LivesInDanger),
        "36" => ("大雪特別警報", LivesInDanger),
        "37" => ("波浪特別警報", LivesInDanger),
        "12" => ("大雪注意報", Advisory),
        "13" => ("風雪注意報", Advisory),
        "14" => ("雷注意報", Advisory),
        "15" => ("強風注意報", Advisory),
        "16" => ("波浪注意報", Advisory),
        "17" => ("融雪注意報", Advisory),
        "18" => ("洪水注意報", Advisory),
        "20" => ("濃霧注意報", Advisory),
        "21" => ("乾燥注意報", Advisory),
        "22" => ("なだれ注意報", Advisory),
        "23" => ("低温注意報", Advisory),
        "24" => ("霜注意報", Advisory),
        "25" => ("着氷注意報", Advisory),
        "26" => ("着雪注意報", Advisory),
        "27" => ("その他の注意報", Advisory),
        // A code of tomorrow counts as a warning: better one too many than one that nobody sees.
        "" => return (format!("警報（{status}）"), ElderlyLeave),
        other => return (format!("警報（番号 {other}）"), ElderlyLeave),
    };
    (name.to_owned(), level)
}

fn what_to_do(level: WarningLevel) -> &'static str {
    match level {
        WarningLevel::Advisory => "これからの情報に 気をつけてください。",
        WarningLevel::ElderlyLeave => {
            "高齢者等は避難。時間のかかる人は、今のうちに 安全な場所へ 移ってください。"
        }
        WarningLevel::EverybodyLeaves => {
            "危険な場所から全員避難。今すぐ 安全な場所へ 移ってください。"
        }
        WarningLevel::LivesInDanger => {
            "命の危険、直ちに安全確保。外へ出るのが あぶないときは、少しでも高い部屋へ 移ってください。"
        }
    }
}

/// The headline of the bulletin with the highest level for the municipality, of those that are not
/// over: of one kind only the newest still speaks.
fn headline(bulletins: &[Dated], area: &str) -> Option<String> {
    let mut heard: HashSet<&str> = HashSet::new();
    let with_level = bulletins.iter().filter_map(|dated| {
        let item = item(dated, area)?;
        if let Some(code) = dated.bulletin.data_type_code.as_deref()
            && !heard.insert(code)
        {
            return None;
        }
        let text = tidy(dated.bulletin.headline_text.as_deref()?);
        let levels = item
            .kinds
            .iter()
            .filter(|kind| is_in_force(kind))
            .map(|kind| {
                let code = kind.code.as_deref().unwrap_or_default();
                meaning(code, &kind.status).1
            });
        let highest = levels.max()?;
        (!text.is_empty()).then_some((highest, dated.reported_at, text))
    });
    with_level
        .max_by_key(|(level, at, _)| (*level, *at))
        .map(|(_, _, text)| text)
}

/// With an offset, with Z, or, without either, Japan's time.
fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        Offset::constant(9).to_timestamp(local).ok()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(time: &str) -> Timestamp {
        timestamp(time).expect("a time")
    }

    fn bulletin(time: &str, data_type: Option<&str>, kinds: &Value) -> Value {
        let mut bulletin = json!({
            "publishingOffice": "ひだまり地方気象台", "controlDatetime": time, "reportDatetime": time, "infoType": "発表",
            "headlineText": format!("{time}の見出し"),
            "warning": { "class10Items": [{ "areaCode": "990000", "kinds": [{ "code": "33", "status": "発表" }] }],
                         "class20Items": [{ "areaCode": "9920100", "kinds": kinds }] }
        });
        if let Some(data_type) = data_type {
            bulletin["dataTypeCode"] = data_type.into();
        }
        bulletin
    }

    fn read_at(bulletins: &[Value], now: &str) -> Result<(Warnings, Vec<Skipped>), SourceError> {
        let bytes = serde_json::to_vec(bulletins).expect("JSON");
        let gleaned = parse(&bytes, "9920100", at(now), false)?;
        let Draft::Warnings(warnings) = gleaned.draft else {
            panic!("no warnings")
        };
        Ok((warnings, gleaned.skipped))
    }

    fn codes(bulletins: &[Value]) -> Vec<String> {
        let (warnings, _) = read_at(bulletins, "2026-11-23T08:00:00+09:00").expect("reads");
        let found = warnings.in_force.into_iter();
        found
            .map(|warning| format!("{} {}", warning.code, u8::from(warning.level)))
            .collect()
    }

    #[test]
    fn kinds_add_up_and_the_newest_of_each_decides() {
        let rain = |time, kinds: Value| bulletin(time, Some("VPWW55"), &kinds);
        let slides = |time, kinds: Value| bulletin(time, Some("VPWW56"), &kinds);
        assert_eq!(
            codes(&[
                rain(
                    "2026-11-23T05:00:00+09:00",
                    json!([{ "code": "43", "status": "発表" }])
                ),
                rain(
                    "2026-11-23T07:00:00+09:00",
                    json!([{ "code": "03", "status": "危険警報から警報" }, { "code": "14", "status": "継続" }])
                ),
                slides(
                    "2026-11-23T07:00:00+09:00",
                    json!([{ "code": "49", "status": "発表" }])
                ),
            ]),
            ["49 4", "03 3", "14 2"]
        );
        assert_eq!(
            codes(&[
                rain(
                    "2026-11-23T07:00:00",
                    json!([{ "status": "発表警報・注意報はなし" }])
                ),
                rain(
                    "2026-11-22T20:00:00Z",
                    json!([{ "code": "03", "status": "発表" }])
                ),
                slides(
                    "2026-11-23T06:00:00+09:00",
                    json!([{ "code": "29", "status": "解除" }])
                ),
            ]),
            [""; 0]
        );
    }

    #[test]
    fn without_a_kind_the_newest_mention_of_each_code_decides() {
        assert_eq!(
            codes(&[
                bulletin(
                    "2026-11-23T07:00:00+09:00",
                    None,
                    &json!([{ "code": "03", "status": "解除" }])
                ),
                bulletin(
                    "2026-11-23T05:00:00+09:00",
                    None,
                    &json!([{ "code": "03", "status": "発表" }, { "code": "15", "status": "発表" }])
                ),
            ]),
            ["15 2"]
        );
    }

    #[test]
    fn what_nobody_has_heard_of_is_shown_with_its_number() {
        let unknown =
            json!([{ "code": "77", "status": "なんらか" }, { "status": "あたらしい発表" }]);
        let (warnings, _) = read_at(
            &[bulletin(
                "2026-11-23T07:00:00+09:00",
                Some("VPWW99"),
                &unknown,
            )],
            "2026-11-23T08:00:00+09:00",
        )
        .expect("reads");
        let names: Vec<&str> = warnings.in_force.iter().map(|w| w.name.as_str()).collect();
        assert_eq!(names, ["警報（あたらしい発表）", "警報（番号 77）"]);
    }

    #[test]
    fn since_when_and_the_headline_of_the_highest_level() {
        let going_on = |status: &str| json!([{ "code": "09", "status": status }]);
        let (warnings, _) = read_at(
            &[
                bulletin(
                    "2026-11-23T07:00:00+09:00",
                    Some("VPWW56"),
                    &going_on("継続"),
                ),
                bulletin(
                    "2026-11-23T05:00:00+09:00",
                    Some("VPWW56"),
                    &going_on("発表"),
                ),
                bulletin(
                    "2026-11-23T07:30:00+09:00",
                    Some("VPWW55"),
                    &json!([{ "code": "14", "status": "発表" }]),
                ),
            ],
            "2026-11-23T08:00:00+09:00",
        )
        .expect("reads");
        assert_eq!(warnings.in_force[0].since, at("2026-11-23T05:00:00+09:00"));
        assert_eq!(warnings.reported_at, at("2026-11-23T07:30:00+09:00"));
        assert_eq!(
            warnings.headline.as_deref(),
            Some("2026-11-23T07:00:00+09:00の見出し")
        );
    }

    #[test]
    fn what_is_old_or_ahead_or_a_drill_or_cancelled_is_not_shown() {
        let one = || {
            bulletin(
                "2026-11-23T07:00:00+09:00",
                Some("VPWW55"),
                &json!([{ "code": "03", "status": "発表" }]),
            )
        };
        assert!(read_at(&[one()], "2026-11-24T07:00:00+09:00").is_ok());
        for (now, why) in [
            ("2026-11-24T07:00:01+09:00", "more than 24 hours ago"),
            ("2026-11-23T06:54:59+09:00", "has not come yet"),
        ] {
            let error = read_at(&[one()], now).map(|_| ()).expect_err("refused");
            assert!(error.to_string().contains(why), "{error}");
        }
        let mut drill = one();
        drill["status"] = "訓練".into();
        let mut cancelling = one();
        cancelling["infoType"] = "取消".into();
        let quiet = || {
            bulletin(
                "2026-11-23T06:00:00+09:00",
                Some("VPWW55"),
                &json!([{ "status": "なし" }]),
            )
        };
        assert_eq!(codes(&[drill, quiet()]), [""; 0]);
        assert_eq!(codes(&[cancelling, one(), quiet()]), [""; 0]);
    }

    #[test]
    fn the_frozen_form_and_a_wrong_municipality_are_named() {
        let now = at("2026-11-23T08:00:00+09:00");
        let frozen = br#"{"reportDatetime":"2026-05-28T10:12:00+09:00","areaTypes":[]}"#;
        let error = parse(frozen, "9920100", now, true)
            .map(|_| ())
            .expect_err("refused");
        assert!(error.to_string().contains("frozen since 2026-05-28"));
        let one = bulletin(
            "2026-11-23T07:00:00+09:00",
            None,
            &json!([{ "code": "03", "status": "発表" }]),
        );
        let bytes = serde_json::to_vec(&[one]).expect("JSON");
        let error = parse(&bytes, "1234567", now, false)
            .map(|_| ())
            .expect_err("refused");
        assert!(error.to_string().contains("9920100"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_end_in_a_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
            let _ = parse(&bytes, "9920100", Timestamp::UNIX_EPOCH, true);
        }
    }
}
