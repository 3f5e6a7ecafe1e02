//! How a section is drawn: options of ECharts, made of its table alone, so that a chart shows nothing
//! that the table withholds.

use kairan_contract::Language;
use kairan_text::{in_every_language, languages, message_in, tr, tr_in};
use serde_json::{Value, json};

use super::{Figure, Section, Words, provider_kind::provider_kind};

/// Colours that can be told apart by people who see few: after Okabe and Ito.
const BLUE: &str = "#0b5394";
const ORANGE: &str = "#b45f06";
const BAND: &str = "rgba(11,83,148,0.18)";

/// The options for a section; none where the table says it all.
pub fn options(section: &Section) -> Option<Value> {
    match section.id {
        "funnel" => Some(bars(section, "step", "share_percent", "%", is_for_all)),
        "weekly_active" => Some(line(
            section,
            "week",
            "share_percent",
            "%",
            false,
            is_for_all,
        )),
        "active_days" => Some(line(
            section,
            "week",
            "mean_days",
            &in_every_language(|it| tr_in(it, "a number of days", "日").to_owned()),
            false,
            |_| true,
        )),
        "retention" => Some(line(
            section,
            "weeks",
            "survival_percent",
            "%",
            true,
            |_| true,
        )),
        "services" => Some(reach(section)),
        "rhythm" => Some(heat(section)),
        "text_sizes" => Some(bars(section, "text_size", "share_percent", "%", |_| true)),
        "questionnaire" => Some(means(section)),
        "forms" => Some(steps(section)),
        _ => None,
    }
    .filter(|_| !section.rows.is_empty())
}

/// The rows about all loans, of a table that has groups as well.
fn is_for_all(row: &[Figure]) -> bool {
    matches!(row.get(1), Some(Figure::Term("all", _)))
}

/// What a kind of provider is called.
fn provider(kind: &str) -> String {
    match provider_kind(kind) {
        Figure::Term(_, words) => in_every_language(|it| words.tr(it).to_owned()),
        other => other.written(),
    }
}

/// The days of a week in every language.
fn weekdays() -> [String; 7] {
    let days = [
        message_in("weekday", "月"),
        message_in("weekday", "火"),
        message_in("weekday", "水"),
        message_in("weekday", "木"),
        message_in("weekday", "金"),
        message_in("weekday", "土"),
        message_in("weekday", "日"),
    ];
    days.map(|day| {
        let said: Vec<&str> = languages().map(|it| day.tr(it)).collect();
        said.join(" ")
    })
}

/// The words in every language.
fn all_languages(words: Words) -> Vec<&'static str> {
    let beside = words.beside().map(|(_, said)| said);
    std::iter::once(words.japanese()).chain(beside).collect()
}

fn base(section: &Section) -> Value {
    json!({
        "animation": false,
        "aria": { "enabled": true,
            "label": { "description": all_languages(section.title).join(" / ") } },
        "grid": { "left": 8, "right": 24, "top": 36, "bottom": 8, "containLabel": true },
        "tooltip": { "trigger": "axis", "confine": true },
        "textStyle": { "fontSize": 14 },
    })
}

fn with(mut options: Value, more: Value) -> Value {
    if let (Some(options), Value::Object(more)) = (options.as_object_mut(), more) {
        options.extend(more);
    }
    options
}

/// From here to there, as a line across a bar.
fn intervals(section: &Section, keep: impl Fn(&[Figure]) -> bool + Copy) -> Value {
    let (low, high) = (section.drawn("low", keep), section.drawn("high", keep));
    let pairs: Vec<Value> = low
        .into_iter()
        .zip(high)
        .enumerate()
        .map(|(index, (low, high))| json!([low, high, index]))
        .collect();
    // Drawn by the page, which knows how to draw an interval.
    json!({ "type": "custom", "name": "95 %", "interval": true, "data": pairs, "z": 3,
        "encode": { "x": [0, 1], "y": 2 }, "tooltip": { "show": false } })
}

fn bars(
    section: &Section,
    names: &str,
    values: &str,
    unit: &str,
    keep: impl Fn(&[Figure]) -> bool + Copy,
) -> Value {
    with(
        base(section),
        json!({
            "xAxis": { "type": "value", "name": unit, "min": 0, "max": 100 },
            "yAxis": { "type": "category", "inverse": true, "data": section.names(names, keep) },
            "series": [
                { "type": "bar", "data": section.drawn(values, keep), "itemStyle": { "color": BLUE },
                  "label": { "show": true, "position": "insideLeft", "formatter": "{c}", "color": "#fff" } },
                intervals(section, keep),
            ],
        }),
    )
}

/// A line with its interval as a band.
fn line(
    section: &Section,
    names: &str,
    values: &str,
    unit: &str,
    in_steps: bool,
    keep: impl Fn(&[Figure]) -> bool + Copy,
) -> Value {
    let (low, high) = (section.drawn("low", keep), section.drawn("high", keep));
    let wide: Vec<Value> = low
        .iter()
        .zip(&high)
        .map(|(low, high)| match (low.as_f64(), high.as_f64()) {
            (Some(low), Some(high)) => json!(high - low),
            _ => Value::Null,
        })
        .collect();
    let step = if in_steps { json!("end") } else { json!(false) };
    let hidden = json!({ "opacity": 0 });
    with(
        base(section),
        json!({
            "xAxis": { "type": "category", "data": section.names(names, keep) },
            "yAxis": { "type": "value", "name": unit, "min": 0, "nameTextStyle": { "align": "left" } },
            "series": [
                { "type": "line", "name": "95 % ↓", "data": low, "stack": "band", "step": step,
                  "lineStyle": hidden, "symbol": "none", "tooltip": { "show": false } },
                { "type": "line", "name": "95 % ↑", "data": wide, "stack": "band", "step": step,
                  "lineStyle": hidden, "areaStyle": { "color": BAND }, "symbol": "none",
                  "tooltip": { "show": false } },
                { "type": "line", "name": unit, "data": section.drawn(values, keep), "step": step,
                  "lineStyle": { "color": BLUE, "width": 3 }, "itemStyle": { "color": BLUE },
                  "symbolSize": 7 },
            ],
        }),
    )
}

/// Reach against frequency: government as circles, private as diamonds.
fn reach(section: &Section) -> Value {
    let (kind, service) = (section.at("provider"), section.at("service"));
    let (share, often) = (
        section.at("share_percent"),
        section.at("openings_per_active_loan_week"),
    );
    let points = |wanted: &str| -> Vec<Value> {
        let rows = section
            .rows
            .iter()
            .filter(|row| row[kind].written() == wanted);
        let drawn =
            rows.filter(|row| !row[share].drawn().is_null() && !row[often].drawn().is_null());
        drawn
            .map(|row| json!({ "name": row[service].written(), "value": [row[share].drawn(), row[often].drawn()] }))
            .collect()
    };
    let label = json!({ "show": true, "position": "top", "formatter": "{b}" });
    let series = |name: &str, wanted: &str, symbol: &str, colour: &str| {
        json!({ "type": "scatter", "name": name, "symbol": symbol, "symbolSize": 18,
            "itemStyle": { "color": colour }, "label": label, "labelLayout": { "hideOverlap": true },
            "data": points(wanted) })
    };
    with(
        base(section),
        json!({
            "tooltip": { "trigger": "item", "confine": true },
            "legend": { "top": 0, "right": 0 },
            "xAxis": { "type": "value", "name": "%", "min": 0, "max": 100 },
            "yAxis": { "type": "value", "name": tr(Language::JAPANESE, "回/週"), "min": 0, "nameTextStyle": { "align": "left" } },
            "series": [
                series(&provider("government"), "government", "circle", BLUE),
                series(&provider("private"), "private", "diamond", ORANGE),
                series("? / unknown", "unknown", "triangle", "#555555"),
            ],
        }),
    )
}

fn heat(section: &Section) -> Value {
    let (weekday, hour) = (section.at("weekday"), section.at("hour"));
    let visits = section.at("visits");
    let mut cells = Vec::new();
    let mut most = 1;
    for row in &section.rows {
        if let (Figure::Count(weekday), Figure::Count(hour), Figure::Count(visits)) =
            (&row[weekday], &row[hour], &row[visits])
        {
            most = most.max(*visits);
            cells.push(json!([hour, weekday - 1, visits]));
        }
    }
    let hours: Vec<i64> = (0..24).collect();
    with(
        base(section),
        json!({
            "tooltip": { "position": "top", "confine": true },
            "grid": { "left": 8, "right": 8, "top": 8, "bottom": 56, "containLabel": true },
            "xAxis": { "type": "category", "data": hours, "splitArea": { "show": true } },
            "yAxis": { "type": "category", "inverse": true,
                "data": weekdays() },
            "visualMap": { "min": 0, "max": most, "calculable": false, "orient": "horizontal",
                "left": "center", "bottom": 0, "inRange": { "color": ["#f2f6fa", "#7fb0d6", "#0b5394"] } },
            "series": [{ "type": "heatmap", "data": cells }],
        }),
    )
}

fn means(section: &Section) -> Value {
    let (survey, question) = (section.at("survey"), section.at("question"));
    let is_question = |row: &[Figure]| matches!(row[1], Figure::Count(_));
    let names: Vec<String> = section
        .rows
        .iter()
        .filter(|row| is_question(row))
        .map(|row| format!("{} {}", row[survey].label(), row[question].label()))
        .collect();
    with(
        base(section),
        json!({
            "xAxis": { "type": "value", "min": 1 },
            "yAxis": { "type": "category", "inverse": true, "data": names },
            "series": [
                { "type": "scatter", "symbolSize": 12, "itemStyle": { "color": BLUE },
                  "data": section.drawn("mean", is_question) },
                intervals(section, is_question),
            ],
        }),
    )
}

fn steps(section: &Section) -> Value {
    let (form, step) = (section.at("form"), section.at("step"));
    let names: Vec<String> = section
        .rows
        .iter()
        .map(|row| format!("{} {}", row[form].label(), row[step].label()))
        .collect();
    with(
        base(section),
        json!({
            "xAxis": { "type": "value", "name": "%", "min": 0, "max": 100 },
            "yAxis": { "type": "category", "inverse": true, "data": names },
            "series": [
                { "type": "bar", "itemStyle": { "color": BLUE }, "data": section.drawn("share_percent", |_| true) },
                intervals(section, |_| true),
            ],
        }),
    )
}
