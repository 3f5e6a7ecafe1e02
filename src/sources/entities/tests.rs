//! Answers of brokers in every form, and what they become.

use serde_json::json;

use super::*;
use crate::draft::DraftContent;

fn read(document: &Value, becomes: Becomes, mapping: &[(&str, &str)]) -> Gleaned {
    let mapping = mapping
        .iter()
        .map(|(field, attribute)| ((*field).to_owned(), (*attribute).to_owned()))
        .collect();
    let bytes = serde_json::to_vec(document).expect("JSON");
    parse(
        &bytes,
        becomes,
        &mapping,
        None,
        Timestamp::UNIX_EPOCH,
        false,
    )
    .expect("reads")
}

#[test]
fn both_standards_give_the_same_article() {
    let old = json!({ "id": "a", "type": "Alert", "description": { "type": "Text", "value": "道路が通れません" },
            "subCategory": { "type": "Text", "value": "通行止め" }, "dateIssued": { "type": "DateTime", "value": "2026-11-23T09:25:55.00Z" } });
    let new = json!([{ "id": "a", "type": "Alert", "description": { "type": "Property", "value": "道路が通れません" },
            "subCategory": { "type": "LanguageProperty", "languageMap": { "en": "closed", "ja": "通行止め" } },
            "dateIssued": { "type": "Property", "value": { "@type": "DateTime", "@value": "2026-11-23T09:25:55.00Z" } } }]);
    let plain = json!([{ "id": "a", "type": "Alert", "description": "道路が通れません", "subCategory": "通行止め", "dateIssued": "2026-11-23T09:25:55" }]);
    let mapping = [("title", "subCategory")];
    let first = read(&old, Becomes::Articles, &mapping).draft;
    assert_eq!(read(&new, Becomes::Articles, &mapping).draft, first);
    assert_eq!(read(&plain, Becomes::Articles, &mapping).draft, first);
    let DraftContent::Feed(articles) = first else {
        panic!("no articles")
    };
    assert_eq!(articles[0].title, "通行止め");
    assert_eq!(articles[0].body.len(), 1);
    assert_eq!(articles[0].published, "2026-11-23T09:25:55Z".parse().ok());
}

#[test]
fn places_have_their_longitude_first_in_geojson_and_last_in_a_point() {
    let gleaned = read(
        &json!([
            { "id": "a", "name": { "value": "中央公民館" }, "location": { "type": "geo:json", "value": { "type": "Point", "coordinates": [135.2, 35.1] } },
              "address": { "value": { "addressLocality": "ひだまり市", "streetAddress": "本町1" } } },
            { "id": "b", "name": "北公民館", "location": "35.3, 135.4" },
            { "id": "c", "name": "どこか" },
            { "name": "だれか" }
        ]),
        Becomes::Places,
        &[],
    );
    let DraftContent::Places(places) = &gleaned.draft else {
        panic!("no places")
    };
    let at: Vec<f64> = places
        .iter()
        .filter_map(|place| Some(place.position?.latitude()))
        .collect();
    assert_eq!(at, [35.1, 35.3]);
    assert_eq!(places[0].address.as_deref(), Some("ひだまり市本町1"));
    assert_eq!(gleaned.skipped.len(), 2);
}

#[test]
fn measurements_with_their_unit_and_time() {
    let gleaned = read(
        &json!([{ "id": "s", "name": "ひだまり川", "level": { "type": "Property", "value": 1.25, "unitCode": "MTR", "observedAt": "2026-11-23T00:00:00Z" } }]),
        Becomes::Measurements,
        &[("value", "level")],
    );
    let DraftContent::Measurements(measurements) = gleaned.draft else {
        panic!("no measurements")
    };
    assert_eq!(measurements[0].value, "1.25");
    assert_eq!(measurements[0].unit.as_deref(), Some("m"));
    assert_eq!(
        measurements[0].observed_at,
        "2026-11-23T00:00:00Z".parse().ok()
    );
}

#[test]
fn what_is_over_goes_and_the_nearest_stay() {
    let alert = json!([{ "id": "a", "title": "通行止め", "validTo": { "type": "DateTime", "value": "2026-11-22T00:00:00Z" } }]);
    let bytes = serde_json::to_vec(&alert).expect("JSON");
    let now = "2026-11-23T00:00:00Z".parse().expect("a time");
    let count = |all| {
        let gleaned = parse(&bytes, Becomes::Articles, &Mapping::new(), None, now, all);
        match gleaned.expect("reads").draft {
            DraftContent::Feed(articles) => articles.len(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((count(false), count(true)), (0, 1));
    let mut places: Vec<Value> = (0..250)
        .map(|id| json!({ "id": format!("far {id}"), "name": "遠い", "location": "36.0, 138.0" }))
        .collect();
    places.push(json!({ "id": "near", "name": "近い", "location": "34.5, 135.5" }));
    let graph = serde_json::to_vec(&json!({ "@context": [], "@graph": places })).expect("JSON");
    let near = Position::new(34.5, 135.5).ok();
    let gleaned = parse(&graph, Becomes::Places, &Mapping::new(), near, now, false);
    let DraftContent::Places(found) = gleaned.expect("reads").draft else {
        panic!("no places")
    };
    // Who lives far away has the far ones near: none is left out.
    assert_eq!((found.len(), found[0].id.as_str()), (251, "near"));
}

#[test]
fn an_attribute_given_twice_is_the_one_without_a_dataset() {
    let twice = json!([{ "id": "a", "name": [
            { "type": "Property", "datasetId": "urn:x", "value": "べつの名" }, { "type": "Property", "value": "中央公民館" }],
            "location": { "type": "GeoProperty", "value": { "type": "Point", "coordinates": [135.2, 35.1] } } }]);
    let DraftContent::Places(places) = read(&twice, Becomes::Places, &[]).draft else {
        panic!("no places")
    };
    assert_eq!(places[0].name, "中央公民館");
}

#[test]
fn an_answer_without_entities_says_what_the_broker_says() {
    let refused = br#"{"error":"NotFound","description":"no tenant orden"}"#;
    let error = parse(
        refused,
        Becomes::Articles,
        &Mapping::new(),
        None,
        Timestamp::UNIX_EPOCH,
        false,
    )
    .map(|_| ())
    .expect_err("refused");
    assert!(error.to_string().contains("no tenant orden"));
}

proptest::proptest! {
    #[test]
    fn no_text_ends_in_a_panic(text in "[\\[\\]{}\":,0-9a-zA-Z.]{0,200}") {
        for (_, becomes) in Becomes::ALL {
            let _ = parse(text.as_bytes(), becomes, &Mapping::new(), None, Timestamp::UNIX_EPOCH, false);
            let wrapped = format!(r#"[{{"id":"a","name":"b","location":{text},"value":{text}}}]"#);
            let _ = parse(wrapped.as_bytes(), becomes, &Mapping::new(), None, Timestamp::UNIX_EPOCH, false);
        }
    }
}
