//! The JMA's warnings (`warning/data/r8/{office}.json`): several bulletins at once, merged into what
//! is in force for one municipality.
//!
//! For one kind of bulletin (`dataTypeCode`) the newest that names the municipality decides and is
//! complete; different kinds add up. A 200 proves nothing: the age of the newest bulletin does.

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp, civil::DateTime};
use kairan_contract::{Warning, WarningLevel, Warnings};
use serde_json::Value;

use super::{Draft, Gleaned, Skipped, SourceError, html::tidy, japan::JAPAN};

/// What was made longer ago than this is not shown as current.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);
/// The JMA's clock and ours may differ by so much.
const FURTHEST_AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// One bulletin, as far as it speaks of one municipality.
struct Bulletin {
    publishing_office: String,
    reported_at: Timestamp,
    controlled_at: Timestamp,
    /// `dataTypeCode`: what kind of bulletin it is.
    data_type: Option<String>,
    /// It takes another back.
    is_cancelling: bool,
    headline: String,
    /// What it says of the municipality; nothing where it does not name it.
    kinds: Option<Vec<Kind>>,
}

impl Bulletin {
    fn moment(&self) -> (Timestamp, Timestamp) {
        (self.reported_at, self.controlled_at)
    }
}

#[derive(Clone)]
struct Kind {
    code: Option<String>,
    status: String,
    additions: Vec<String>,
}

/// Reads what is in force for the municipality with the code `area`. `all` passes over the age.
pub fn parse(bytes: &[u8], area: &str, now: Timestamp, all: bool) -> Result<Gleaned, SourceError> {
    let documents = read(bytes)?;
    let mut skipped = Vec::new();
    let bulletins = newest_first(&documents, area, &mut skipped)?;
    let Some(newest) = bulletins.first() else {
        return Err(SourceError::NotUnderstood(
            "there is no bulletin in it that can be read".to_owned(),
        ));
    };
    if !all {
        check_age(newest.reported_at, now)?;
    }
    if bulletins.iter().all(|bulletin| bulletin.kinds.is_none()) {
        return Err(SourceError::NotUnderstood(format!(
            "no bulletin names the municipality {area}; it names, for example, {}",
            some_areas(&documents)
        )));
    }
    let told = in_force(&bulletins);
    let headline = headline(&told);
    let mut in_force: Vec<Warning> = told.into_values().map(|told| told.warning).collect();
    in_force.sort_by(|one, other| {
        other
            .level
            .cmp(&one.level)
            .then_with(|| one.code.cmp(&other.code))
    });
    Ok(Gleaned {
        draft: Draft::Warnings(Warnings {
            area: area.to_owned(),
            publishing_office: newest.publishing_office.clone(),
            reported_at: newest.reported_at,
            headline,
            in_force,
        }),
        skipped,
    })
}

fn read(bytes: &[u8]) -> Result<Vec<Value>, SourceError> {
    let not_understood = |why: String| SourceError::NotUnderstood(why);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
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

/// The bulletins in their order of time, without drills and without what was taken back.
///
/// One that cannot be read and speaks of the municipality spoils the whole: without it an older one
/// would decide, and a resident would be told something that is over.
fn newest_first(
    documents: &[Value],
    area: &str,
    skipped: &mut Vec<Skipped>,
) -> Result<Vec<Bulletin>, SourceError> {
    let mut bulletins = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let place = format!("bulletin {}", index + 1);
        let status = text(document, "status");
        if !status.is_empty() && status != "通常" {
            // A drill is never shown as real.
            skipped.push(Skipped::told(format!("{place}: it is marked {status}")));
            continue;
        }
        match bulletin(document, area) {
            Ok(bulletin) => bulletins.push(bulletin),
            Err(why) if document.to_string().contains(area) => {
                return Err(SourceError::NotUnderstood(format!("{place}: {why}")));
            }
            Err(why) => skipped.push(Skipped::told(format!("{place}: {why}"))),
        }
    }
    bulletins.sort_by_key(|bulletin| std::cmp::Reverse(bulletin.moment()));
    let (cancelling, mut standing): (Vec<Bulletin>, Vec<Bulletin>) = bulletins
        .into_iter()
        .partition(|bulletin| bulletin.is_cancelling);
    for cancel in cancelling {
        // It takes back the newest of its kind that stood before it.
        let taken_back = standing.iter().position(|bulletin| {
            bulletin.data_type == cancel.data_type && bulletin.moment() <= cancel.moment()
        });
        if let Some(index) = taken_back {
            standing.remove(index);
        }
    }
    Ok(standing)
}

/// One bulletin, whatever else stands in it.
fn bulletin(document: &Value, area: &str) -> Result<Bulletin, String> {
    let reported = text(document, "reportDatetime");
    let reported_at =
        timestamp(&reported).ok_or_else(|| format!("`{reported}` is no reportDatetime"))?;
    let data_type = text(document, "dataTypeCode");
    let items = document.pointer("/warning/class20Items");
    let of_the_area: Vec<&Value> = items
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|item| text(item, "areaCode") == area)
        .collect();
    let kinds = of_the_area
        .iter()
        .filter_map(|item| item.get("kinds")?.as_array())
        .flatten()
        .filter(|kind| kind.is_object());
    Ok(Bulletin {
        publishing_office: text(document, "publishingOffice"),
        reported_at,
        controlled_at: timestamp(&text(document, "controlDatetime")).unwrap_or(reported_at),
        data_type: (!data_type.is_empty()).then_some(data_type),
        is_cancelling: text(document, "infoType") == "取消",
        headline: tidy(&text(document, "headlineText")),
        kinds: (!of_the_area.is_empty()).then(|| kinds.map(kind).collect()),
    })
}

fn kind(kind: &Value) -> Kind {
    let code = text(kind, "code");
    let additions = kind.get("additions").and_then(Value::as_array);
    Kind {
        code: (!code.is_empty()).then(|| format!("{code:0>2}")),
        status: text(kind, "status"),
        additions: additions
            .into_iter()
            .flatten()
            .map(|addition| match addition {
                Value::String(text) => tidy(text),
                other => tidy(&text(other, "name")),
            })
            .filter(|addition| !addition.is_empty())
            .collect(),
    }
}

/// A text, or a number as a text; empty where there is neither.
fn text(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn check_age(newest: Timestamp, now: Timestamp) -> Result<(), SourceError> {
    let age = now.duration_since(newest);
    let at = newest.to_zoned(jiff::tz::TimeZone::fixed(JAPAN));
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

fn some_areas(documents: &[Value]) -> String {
    let codes: std::collections::BTreeSet<String> = documents
        .iter()
        .filter_map(|document| document.pointer("/warning/class20Items")?.as_array())
        .flatten()
        .map(|item| text(item, "areaCode"))
        .collect();
    let some: Vec<String> = codes.into_iter().take(5).collect();
    some.join(", ")
}

/// A warning, and the headline of the bulletin that told it.
struct Told {
    warning: Warning,
    headline: String,
    at: Timestamp,
}

/// What is in force, by code, or by status where a bulletin gives no code.
type InForce = BTreeMap<String, Told>;

fn in_force(bulletins: &[Bulletin]) -> InForce {
    let mut found = InForce::new();
    let mut by_type: BTreeMap<&str, Vec<&Bulletin>> = BTreeMap::new();
    for bulletin in bulletins.iter().filter(|bulletin| bulletin.kinds.is_some()) {
        if let Some(data_type) = bulletin.data_type.as_deref() {
            by_type.entry(data_type).or_default().push(bulletin);
        }
    }
    for of_the_type in by_type.values() {
        typed(of_the_type, &mut found);
    }
    untyped(bulletins, &mut found);
    found
}

/// Bulletins of one kind: the newest that names the municipality decides, and is complete.
fn typed(of_the_type: &[&Bulletin], found: &mut InForce) {
    let Some(newest) = of_the_type.first() else {
        return;
    };
    // Two of the same moment say it together.
    let deciding = of_the_type
        .iter()
        .filter(|bulletin| bulletin.moment() == newest.moment());
    for bulletin in deciding {
        for kind in bulletin
            .kinds
            .iter()
            .flatten()
            .filter(|kind| is_in_force(kind))
        {
            let without_a_break = of_the_type
                .iter()
                .skip_while(|known| known.moment() > bulletin.moment())
                .take_while(|known| {
                    let same = |it: &Kind| it.code == kind.code && is_in_force(it);
                    known.kinds.iter().flatten().any(same)
                });
            let since = without_a_break
                .last()
                .map_or(bulletin.reported_at, |it| it.reported_at);
            add(kind, since, bulletin, found);
        }
    }
}

/// Bulletins that do not say of which kind they are: the newest mention of each code decides.
fn untyped(bulletins: &[Bulletin], found: &mut InForce) {
    let mut decided: HashSet<String> = HashSet::new();
    let of_no_type = bulletins
        .iter()
        .filter(|bulletin| bulletin.data_type.is_none());
    for bulletin in of_no_type {
        let Some(kinds) = &bulletin.kinds else {
            continue;
        };
        // Where one bulletin says both, what is in force counts.
        let (in_force, over): (Vec<&Kind>, Vec<&Kind>) =
            kinds.iter().partition(|kind| is_in_force(kind));
        for kind in in_force {
            let key = kind.code.clone().unwrap_or_else(|| kind.status.clone());
            if decided.insert(key) {
                add(kind, bulletin.reported_at, bulletin, found);
            }
        }
        decided.extend(over.iter().filter_map(|kind| kind.code.clone()));
        if over.iter().any(|kind| kind.code.is_none()) {
            // Nothing is in force, it says: older bulletins say nothing more.
            return;
        }
    }
}

fn add(kind: &Kind, since: Timestamp, bulletin: &Bulletin, found: &mut InForce) {
    let warning = warning(kind, since);
    let key = format!("{} {}", warning.code, warning.name);
    let Some(told) = found.get_mut(&key) else {
        let told = Told {
            warning,
            headline: bulletin.headline.clone(),
            at: bulletin.reported_at,
        };
        found.insert(key, told);
        return;
    };
    // Told twice: all that is added to it, since the earlier of the two.
    let known = &mut told.warning;
    known.since = known.since.min(warning.since);
    for addition in warning.additions {
        if !known.additions.contains(&addition) {
            known.additions.push(addition);
        }
    }
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
    Warning {
        what_to_do: what_to_do(level).to_owned(),
        name,
        level,
        additions: kind.additions.clone(),
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
            "危険な場所から全員避難。すぐに 安全な場所へ 移ってください。"
        }
        WarningLevel::LivesInDanger => {
            "命の危険、直ちに安全確保。外へ出るのが あぶないときは、少しでも高い部屋へ 移ってください。"
        }
    }
}

/// The headline of the bulletin that told the gravest warning in force.
fn headline(told: &InForce) -> Option<String> {
    told.values()
        .filter(|told| !told.headline.is_empty())
        .max_by_key(|told| (told.warning.level, told.at))
        .map(|told| told.headline.clone())
}

/// With an offset, with Z, or, without either, Japan's time.
fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        JAPAN.to_timestamp(local).ok()
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
    fn odd_fields_cost_nobody_a_warning() {
        let odd = json!([
            { "code": 33, "status": "発表", "additions": null },
            { "code": "14", "status": null, "additions": [{ "name": "竜巻" }, 7] },
            null,
            7
        ]);
        let mut newest = bulletin("2026-11-23T07:00:00+09:00", Some("VPWW55"), &odd);
        newest["publishingOffice"] = Value::Null;
        let items = newest["warning"]["class20Items"]
            .as_array_mut()
            .expect("items");
        items.push(json!({ "areaCode": 9_920_100, "kinds": [{ "code": "21", "status": "継続" }] }));
        items.push(json!({ "areaCode": null, "kinds": null }));
        let older = bulletin(
            "2026-11-23T05:00:00+09:00",
            Some("VPWW55"),
            &json!([{ "code": "10", "status": "発表" }]),
        );
        assert_eq!(codes(&[older.clone(), newest]), ["33 5", "14 2", "21 2"]);
        // One that cannot be dated and speaks of the place must not let an older one decide.
        let mut undated = bulletin("2026-11-23T07:00:00+09:00", Some("VPWW55"), &json!([]));
        undated["reportDatetime"] = "2026-11-23T24:00:00+09:00".into();
        assert!(read_at(&[older, undated], "2026-11-23T08:00:00+09:00").is_err());
    }

    #[test]
    fn what_is_taken_back_is_the_newest_before_it() {
        let at = |time: &str, control: &str, code: &str, info: &str| {
            let mut made = bulletin(
                time,
                Some("VPWW55"),
                &json!([{ "code": code, "status": "発表" }]),
            );
            made["controlDatetime"] = control.into();
            made["infoType"] = info.into();
            made
        };
        let seven = "2026-11-23T07:00:00+09:00";
        let cancelled = at(seven, "2026-11-23T07:00:10+09:00", "14", "発表");
        let mut cancel = at(seven, "2026-11-23T07:01:00+09:00", "14", "取消");
        cancel.as_object_mut().expect("an object").remove("warning");
        let reissued = at(seven, "2026-11-23T07:02:00+09:00", "33", "発表");
        let older = at(
            "2026-11-23T05:00:00+09:00",
            "2026-11-23T05:00:00+09:00",
            "10",
            "発表",
        );
        assert_eq!(
            codes(&[older.clone(), cancelled.clone(), cancel.clone(), reissued]),
            ["33 5"]
        );
        assert_eq!(codes(&[older, cancelled, cancel]), ["10 2"]);
    }

    #[test]
    fn without_a_kind_nothing_in_force_ends_what_was_and_no_status_is_dropped() {
        let untyped = |time, kinds: Value| bulletin(time, None, &kinds);
        let five = || {
            untyped(
                "2026-11-23T05:00:00+09:00",
                json!([{ "code": "03", "status": "発表" }]),
            )
        };
        assert_eq!(
            codes(&[
                five(),
                untyped(
                    "2026-11-23T07:00:00+09:00",
                    json!([{ "status": "発表警報・注意報はなし" }])
                )
            ]),
            [""; 0]
        );
        assert_eq!(
            codes(&[
                five(),
                untyped("2026-11-23T07:00:00+09:00", json!([{ "status": "緊急" }]))
            ]),
            [" 3", "03 3"]
        );
        assert_eq!(
            codes(&[untyped(
                "2026-11-23T07:00:00+09:00",
                json!([{ "code": "03", "status": "解除" }, { "code": "03", "status": "発表" }])
            )]),
            ["03 3"]
        );
    }

    #[test]
    fn a_code_told_twice_is_told_the_same_each_time() {
        let told = |data_type, time, addition: &str| {
            bulletin(
                time,
                Some(data_type),
                &json!([{ "code": "03", "status": "継続", "additions": [addition] }]),
            )
        };
        let both = [
            told("VPWW55", "2026-11-23T07:00:00+09:00", "浸水害"),
            told("VPWW56", "2026-11-23T06:00:00+09:00", "土砂災害"),
        ];
        let (warnings, _) = read_at(&both, "2026-11-23T08:00:00+09:00").expect("reads");
        assert_eq!(warnings.in_force.len(), 1);
        assert_eq!(warnings.in_force[0].additions, ["浸水害", "土砂災害"]);
        assert_eq!(warnings.in_force[0].since, at("2026-11-23T06:00:00+09:00"));
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
