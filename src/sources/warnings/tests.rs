//! Made-up answers of the JMA, and what is in force by them.

use serde_json::{Value, json};

use super::{bulletin::timestamp, *};
use crate::draft::Skipped;

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
    let DraftContent::Warnings(warnings) = gleaned.draft else {
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
    let unknown = json!([{ "code": "77", "status": "なんらか" }, { "status": "あたらしい発表" }]);
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
