//! The fictional ひだまり市: its catalogue and its content, as files beside each other.

use std::{fmt::Write as _, fs, path::PathBuf};

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::Offset};
use tempfile::TempDir;

/// A folder with a catalogue, news, a forecast of today and a page.
pub struct Council {
    folder: TempDir,
}

impl Default for Council {
    fn default() -> Self {
        Self::new()
    }
}

/// A tile of warnings, as [`Council::publish_warnings`] puts them in force.
pub const WARNINGS_TILE: &str = r#"
[[service]]
id = "warnings"
provider = "city"
category = "news"
title = "警報"
reading = "けいほう"
summary = "いまの警報"
icon = "umbrella"
content = { kind = "warnings", url = "warnings.json", area = "9920100" }
"#;

/// A tile of a programme with sounds, as [`Council::publish_programme`] makes them: what weighs most on a tablet.
pub const EXERCISE_TILE: &str = r#"
[[service]]
id = "exercise"
provider = "city"
category = "news"
title = "体操"
reading = "たいそう"
summary = "すわってできる体操"
icon = "person-simple-tai-chi"
content = { kind = "audio", file = "exercise.toml" }
"#;

/// Nothing in force.
pub const NO_WARNING: &str = r#"{"status":"なし"}"#;
/// 土砂災害危険警報, level 4.
pub const LANDSLIDE: &str = r#"{"code":"49","status":"発表"}"#;

impl Council {
    /// A city with one tile of each kind.
    ///
    /// # Panics
    /// If the temporary folder cannot be written.
    pub fn new() -> Self {
        let council = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        council.write("services.toml", include_str!("fixtures/services.toml"));
        council.write(
            "garbage.md",
            "# ごみの出し方\n\n朝8時までに出してください。",
        );
        council.write(
            "forecast.json",
            &forecast(Offset::constant(9).to_datetime(Timestamp::now()).date()),
        );
        council.publish_news(&["敬老会をひらきます", "水道工事のお知らせ"]);
        council
    }

    /// The catalogue's file.
    pub fn catalogue(&self) -> PathBuf {
        self.folder.path().join("services.toml")
    }

    /// Writes a file beside the catalogue, whole at once.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        let aside = path.with_extension("part");
        fs::write(&aside, text).expect("writes");
        fs::rename(aside, path).expect("renames");
    }

    /// Writes a file that is no text.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write_bytes(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).expect("writes");
    }

    /// Takes a file away.
    ///
    /// # Panics
    /// If it is not there.
    pub fn withdraw(&self, name: &str) {
        fs::remove_file(self.folder.path().join(name)).expect("removes");
    }

    /// Puts warnings in force: `kinds` as in a bulletin of the JMA. The tile for them is
    /// [`WARNINGS_TILE`].
    ///
    /// # Panics
    /// If the folder cannot be written.
    pub fn publish_warnings(&self, kinds: &str) {
        let now = jiff::Timestamp::now();
        let bulletin = format!(
            r#"[{{"publishingOffice":"ひだまり地方気象台","reportDatetime":"{now}","dataTypeCode":"VPWW56",
                "warning":{{"class20Items":[{{"areaCode":"9920100","kinds":[{kinds}]}}]}}}}]"#
        );
        self.write("warnings.json", &bulletin);
    }

    /// Publishes a programme of so many sounds of so many bytes, each like no other. The tile for it is
    /// [`EXERCISE_TILE`].
    ///
    /// # Panics
    /// If the folder cannot be written.
    pub fn publish_programme(&self, title: &str, sounds: u64, bytes: usize) {
        let mut programme = format!("title = \"{title}\"\n");
        for number in 0..sounds {
            let mut sound = b"OggS".to_vec();
            let mut seed = number + 1;
            while sound.len() + 8 <= bytes {
                // Xorshift: nothing that could be packed.
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                sound.extend(seed.to_le_bytes());
            }
            self.write_bytes(&format!("{number}.ogg"), &sound);
            let _ = write!(
                programme,
                "[[step]]\nwords = \"{title} {number}\"\nsound = \"{number}.ogg\"\n"
            );
        }
        self.write("exercise.toml", &programme);
    }

    /// Puts a tile behind those of the fixture.
    ///
    /// # Panics
    /// If the folder cannot be written.
    pub fn add_tile(&self, tile: &str) {
        let tiles = include_str!("fixtures/services.toml");
        self.write("services.toml", &format!("{tiles}{tile}"));
    }

    /// Publishes these headlines as news, each with a body of its own.
    pub fn publish_news(&self, headlines: &[&str]) {
        let now = Timestamp::now();
        let mut items = String::new();
        for (index, headline) in (1_i64..).zip(headlines) {
            let published = now - index.hours();
            let _ = write!(
                items,
                "<entry><id>{headline}</id><title>{headline}</title><updated>{published}</updated>\
                 <content type=\"html\">&lt;p&gt;{headline}の本文です。&lt;/p&gt;</content></entry>"
            );
        }
        self.write(
            "news.xml",
            &format!(
                "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>ひだまり市</title><id>x</id><updated>{now}</updated>{items}</feed>"
            ),
        );
    }
}

/// A forecast in the form of the JMA, beginning on `today`.
fn forecast(today: Date) -> String {
    let day = |days: i64, hour: u8| format!("\"{}T{hour:02}:00:00+09:00\"", today + days.days());
    format!(
        r#"[{{"publishingOffice":"ひだまり地方気象台","reportDatetime":{},"timeSeries":[
        {{"timeDefines":[{},{}],"areas":[{{"area":{{"name":"ひだまり","code":"990010"}},"weatherCodes":["100","300"],"weathers":["晴れ","雨"]}}]}},
        {{"timeDefines":[{},{},{}],"areas":[{{"area":{{"name":"ひだまり","code":"99999"}},"temps":["21","8","15"]}}]}}]}}]"#,
        day(0, 0),
        day(0, 0),
        day(1, 0),
        day(0, 9),
        day(1, 0),
        day(1, 9)
    )
}
