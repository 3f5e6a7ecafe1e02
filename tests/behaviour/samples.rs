//! Real files of real publishers, where `KAIRAN_SAMPLES` names a folder that holds some.

use std::{
    fs,
    path::{Path, PathBuf},
};

use kairan_backend::sources::{Draft, feed, weather};

fn files(folder: &str) -> Vec<PathBuf> {
    let Some(samples) = std::env::var_os("KAIRAN_SAMPLES") else {
        return Vec::new();
    };
    // Tests run in the folder of their crate; the variable is meant from the top of the project.
    let top = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the project");
    let folder = top.join(samples).join(folder);
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    entries.map(|entry| entry.path()).collect()
}

#[test]
fn real_feeds_are_read() {
    for file in files("feeds") {
        let bytes = fs::read(&file).expect("reads");
        let Ok(Draft::Feed(articles)) = feed::parse(&bytes, "https://www.hidamari.example/") else {
            panic!("{} is a feed", file.display());
        };
        println!("{}: {} articles", file.display(), articles.len());
        assert!(!articles.is_empty());
        assert!(
            articles.is_sorted_by(|a, b| a.published >= b.published),
            "newest first"
        );
        assert!(articles.iter().all(|article| article.published.is_some()));
    }
}

#[test]
fn real_forecasts_are_read() {
    for file in files("jma")
        .into_iter()
        .filter(|file| file.to_string_lossy().contains("forecast"))
    {
        let bytes = fs::read(&file).expect("reads");
        let codes = serde_json::from_slice::<serde_json::Value>(&bytes).expect("JSON");
        for area in codes[0]["timeSeries"][0]["areas"]
            .as_array()
            .expect("areas")
        {
            let code = area["area"]["code"].as_str().expect("a code");
            let Ok(Draft::Weather(forecast)) = weather::parse(&bytes, code, None) else {
                panic!("{} forecasts {code}", file.display());
            };
            println!(
                "{}: {} has {} days",
                file.display(),
                forecast.area,
                forecast.days.len()
            );
            assert!(forecast.days.len() >= 7);
            assert!(
                forecast
                    .days
                    .iter()
                    .filter(|day| day.high.is_some())
                    .count()
                    >= 6
            );
        }
    }
}
