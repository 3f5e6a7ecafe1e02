//! Every fault that a catalogue can have, each with the exact message a clerk reads.

use std::process::Command;

use kairan_tests::{council::Council, programs::program};

/// What replaces what in the good catalogue, and the message that must come.
const FAULTS: &[(&str, &str, &str)] = &[
    (
        "name = \"お知らせ\"",
        "name = \"お知らせ",
        "8:13: this is not TOML: ",
    ),
    (
        "colour =",
        "color =",
        "9:1: the key `color` is not known here — did you mean `colour`?",
    ),
    (
        "colour = \"#1f4e9c\"",
        "zzz = 1",
        "9:1: the key `zzz` is not known here — use one of: id, name, colour, icon",
    ),
    (
        "helper_telephone = \"0120-000-000\"\n",
        "",
        "1:1: [council] has no `helper_telephone` — add a line `helper_telephone = …`",
    ),
    (
        "name = \"ひだまり市\"\nareas",
        "name = 3\nareas",
        "2:8: `name` has the wrong form — write a text in quotes: name = \"…\"",
    ),
    (
        "summary = \"曜日と分け方\"",
        "summary = \" \"",
        "43:11: `summary` is empty — write at least one word",
    ),
    (
        "[[provider]]",
        "[[message]]\nid = \"a\"\ntitle = \"b\"\ntext = \"c\"\n\n[[provider]]",
        "12:1: [[message]] has no `until` — add a line `until = …`",
    ),
    (
        "id = \"garbage\"",
        "id = \"ごみ\"",
        "38:6: `ごみ` cannot be an id — use 1 to 40 small letters a-z, digits and hyphens, such as city-news",
    ),
    (
        "id = \"garbage\"",
        "id = \"weather\"",
        "38:6: the id `weather` already stands in line 28 — give one of the two another id",
    ),
    (
        "provider = \"city\"\ncategory = \"news\"\ntitle = \"天気\"",
        "provider = \"town\"\ncategory = \"news\"\ntitle = \"天気\"",
        "29:12: there is no provider with the id `town` — use one of: city",
    ),
    (
        "category = \"news\"\ntitle = \"天気\"",
        "category = \"sky\"\ntitle = \"天気\"",
        "30:12: there is no category with the id `sky` — use one of: news",
    ),
    (
        "icon = \"recycle\"",
        "icon = \"recycle\"\nfrom = \"2026-02-30\"",
        "45:8: `2026-02-30` is not a day of the calendar — write the year, month and day, such as 2026-12-31",
    ),
    (
        "icon = \"recycle\"",
        "icon = \"recycle\"\nfrom = 2026-12-01\nuntil = 2026-11-30",
        "46:9: the period ends before it begins — put `until` on the day of `from` or after it",
    ),
    (
        "icon = \"recycle\"",
        "icon = \"recycle\"\noff = \"yes\"",
        "45:7: `off` has the wrong form — write yes or no without quotes: off = true",
    ),
    // What is put away is checked all the same.
    (
        "icon = \"recycle\"",
        "off = true\nicon = \"zzzzzzzzzz\"",
        "45:8: the tablets have no icon `zzzzzzzzzz` — choose one from the folder assets/icons, without .svg",
    ),
    (
        "icon = \"recycle\"",
        "icon = \"recicle\"",
        "44:8: the tablets have no icon `recicle` — did you mean `recycle`? The folder assets/icons shows all",
    ),
    (
        "icon = \"recycle\"",
        "icon = \"zzzzzzzzzz\"",
        "44:8: the tablets have no icon `zzzzzzzzzz` — choose one from the folder assets/icons, without .svg",
    ),
    (
        "title = \"ごみの出し方\"",
        "title = \"ごみと資源の分別収集日一覧\"",
        "41:9: `ごみと資源の分別収集日一覧` does not fit the tile in the largest letters — shorten it to two lines of about five letters each",
    ),
    (
        "summary = \"曜日と分け方\"",
        "summary = \"曜日と分け方と出す場所の一覧\"",
        "43:11: `summary` is too long — shorten it to 12 letters",
    ),
    (
        "reading = \"ごみのだしかた\"",
        "reading = \"ごみの出し方\"",
        "42:11: `ごみの出し方` is not a reading — write it in hiragana or katakana, as it is spoken",
    ),
    (
        "[[provider]]",
        "[[reading]]\nwritten = \"日田町\"\nspoken = \"日田まち\"\n\n[[provider]]",
        "14:10: `日田まち` is not a reading — write it in hiragana or katakana, as it is spoken",
    ),
    (
        "[[provider]]",
        "[[reading]]\nwritten = \"は\"\nspoken = \"わ\"\n\n[[provider]]",
        "13:11: `は` stands within many other words — name a word with kanji, katakana or Latin letters, such as 日田町",
    ),
    (
        "[[provider]]",
        "[[reading]]\nwritten = \"日田\"\nspoken = \"ひだ\"\n[[reading]]\nwritten = \"日田\"\nspoken = \"ひた\"\n\n[[provider]]",
        "16:11: `日田` has a reading already — remove one of the two",
    ),
    (
        "#1f4e9c",
        "blue",
        "9:10: `blue` is not a colour — write # and six digits 0-9 or a-f, such as #1f4e9c",
    ),
    (
        "#1f4e9c",
        "#ffee00",
        "9:10: a white icon cannot be made out on `#ffee00` — choose a darker colour, such as #1f4e9c",
    ),
    (
        "[\"99201\"]",
        "[\"9920\"]",
        "3:10: `9920` is not a municipality code — write its five or six digits in quotes, such as \"27140\"",
    ),
    (
        "[\"99201\"]",
        "\"99201\"",
        "3:9: `areas` has the wrong form — write a list of texts: areas = [\"…\", \"…\"]",
    ),
    (
        "0120-000-000",
        "ひだまり係",
        "4:20: `ひだまり係` is not a telephone number — write 3 to 11 digits with hyphens, such as 0120-000-000",
    ),
    (
        "kind = \"government\"",
        "kind = \"public\"",
        "15:8: `public` is not known as `kind` — use one of: government, private",
    ),
    (
        "kind = \"page\"",
        "kind = \"video\"",
        "45:20: `video` is not known as `kind` — use one of: feed, weather, warnings, places, events, timetable, entities, page, audio, questionnaire, form",
    ),
    (
        "icon = \"recycle\"",
        "icon = \"recycle\"\nage_bands = [\"70-79\"]",
        "45:14: `70-79` is not known as `age_bands` — use one of: 50-64, 65-74, 75-84, 85+",
    ),
    (
        "url = \"news.xml\"",
        "url = \"http://www.hidamari.example/rss\"",
        "25:34: `http://www.hidamari.example/rss` is not an https address — begin it with https://, or name a file beside the catalogue",
    ),
    (
        "file = \"garbage.md\"",
        "file = \"../garbage.md\"",
        "45:35: `../garbage.md` lies outside the folder of the catalogue — put the file beside the catalogue and name it without .. and without a leading /",
    ),
    (
        "file = \"garbage.md\"",
        "file = \"gabage.md\"",
        "45:35: the file `gabage.md` is not there — put it beside the catalogue, or correct the name",
    ),
    (
        "file = \"garbage.md\"",
        "file = \"garbage.txt\"",
        "45:35: `garbage.txt` cannot be used here: its name does not end in .md or .markdown — save it under a name that ends in .md or .markdown",
    ),
    (
        "file = \"garbage.md\"",
        "file = \".garbage.md\"",
        "45:35: `.garbage.md` cannot be used here: a name that begins with a dot is not shown — give the file and its folder names that begin otherwise",
    ),
    (
        "kind = \"page\", file = \"garbage.md\"",
        "kind = \"audio\", file = \"services.toml\"",
        "45:36: `services.toml` cannot be used here: the server keeps it to itself — name another file: the catalogue, data, settings, keys and tokens are no content",
    ),
    // What one tile names as its token, another does not show.
    (
        "kind = \"feed\", url = \"news.xml\"",
        "kind = \"entities\", gives = \"places\", url = \"https://a.example/\", token_file = \"forecast.json\"",
        "35:37: `forecast.json` cannot be used here: the server keeps it to itself — name another file: the catalogue, data, settings, keys and tokens are no content",
    ),
    (
        "url = \"news.xml\"",
        "url = \"news.xml\", every_minutes = 1",
        "25:62: `every_minutes` is too small or too large — write a number from 5 to 1440",
    ),
    (
        "url = \"news.xml\"",
        "url = \"news.xml\", every_minutes = \"30\"",
        "25:62: `every_minutes` has the wrong form — write a whole number without quotes: every_minutes = 30",
    ),
    (
        "url = \"forecast.json\"",
        "office = \"27\"",
        "35:40: `27` is not known as `office` — use one of: a forecast office of six digits such as 270000",
    ),
    (
        "kind = \"feed\", url = \"news.xml\"",
        "kind = \"warnings\", url = \"news.xml\", area = \"27100\"",
        "25:57: `27100` is not known as `area` — use one of: a municipality of seven digits such as 2710000 (class20 of area.json)",
    ),
    (
        "kind = \"feed\", url = \"news.xml\"",
        "kind = \"timetable\", url = \"news.xml\", stp = \"市役所\"",
        "25:51: the key `stp` is not known here — did you mean `stop`?",
    ),
    (
        "kind = \"feed\", url = \"news.xml\"",
        "kind = \"places\", url = \"news.xml\", near = [135.2, 35.1]",
        "25:55: this is no position — write degrees north and east, such as near = [34.69, 135.50]",
    ),
    (
        "kind = \"feed\", url = \"news.xml\"",
        "kind = \"places\", url = \"news.xml\", columns = { nam = \"施設名\" }",
        "25:60: the key `nam` is not known here — did you mean `name`?",
    ),
    (
        "kind = \"feed\", url = \"news.xml\"",
        "kind = \"entities\", url = \"news.xml\"",
        "25:11: [service.content] has no `gives` — add a line `gives = …`",
    ),
    (
        "[[provider]]",
        "[provider]",
        "12:1: `provider` has the wrong form — write it with two brackets: [[provider]]",
    ),
];

fn check(council: &Council, language: &str) -> (bool, String) {
    let path = council.catalogue();
    let output = Command::new(program("kairan"))
        .current_dir(path.parent().expect("a folder"))
        .args(["check", "services.toml"])
        .env("LC_ALL", language)
        .output()
        .expect("runs");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[test]
fn a_good_catalogue_is_summed_up() {
    let council = Council::new();
    let (fine, said) = check(&council, "C.UTF-8");
    assert!(fine, "{said}");
    assert_eq!(
        said.trim(),
        "services.toml: no faults — ひだまり市, 1 categories, 1 providers, 3 tiles"
    );
}

#[test]
fn every_fault_is_told_with_its_place_and_its_remedy() {
    let council = Council::new();
    let good = include_str!("../fixtures/services.toml");
    let mut wrong = Vec::new();
    for (from, to, expected) in FAULTS {
        assert!(good.contains(from), "{from}");
        council.write("services.toml", &good.replacen(from, to, 1));
        let (fine, said) = check(&council, "C.UTF-8");
        let found = said.lines().any(|line| {
            let line = line.strip_prefix("services.toml:").unwrap_or_default();
            if expected.ends_with("TOML: ") {
                line.starts_with(expected)
            } else {
                line == *expected
            }
        });
        if fine || !found {
            wrong.push(format!("expected {expected}\n  but got {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever says with `--settings` how the server runs hears what it would say.
#[test]
fn what_the_server_keeps_to_itself_is_no_content() {
    let council = Council::new();
    let good = include_str!("../fixtures/services.toml");
    let kind = "kind = \"page\", file = \"garbage.md\"";
    council.write(
        "kairan.toml",
        "data = \"data\"\ndatabase_file = \"database.toml\"\n",
    );
    council.write("database.toml", "postgres://kairan:secret@127.0.0.1/kairan");
    for file in [
        "kairan.toml",
        "database.toml",
        "data/a.toml",
        "data.keys/a.toml",
    ] {
        let path = council.catalogue().with_file_name(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        if !path.exists() {
            std::fs::write(path, "").expect("writes");
        }
        let audio = format!("kind = \"audio\", file = \"{file}\"");
        council.write("services.toml", &good.replace(kind, &audio));
        let output = Command::new(program("kairan"))
            .current_dir(council.catalogue().parent().expect("a folder"))
            .args(["check", "services.toml", "--settings", "kairan.toml"])
            .env("LC_ALL", "C.UTF-8")
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let told = format!(
            "services.toml:45:36: `{file}` cannot be used here: the server keeps it to itself"
        );
        assert!(said.contains(&told) && !output.status.success(), "{said}");
    }
}

#[test]
fn all_faults_are_told_at_once_and_in_the_clerks_language() {
    let council = Council::new();
    let good = include_str!("../fixtures/services.toml");
    council.write(
        "services.toml",
        &good
            .replace("colour", "color")
            .replace("recycle", "recicle")
            .replace("0120-000-000", "?"),
    );
    let (fine, said) = check(&council, "ja_JP.UTF-8");
    assert!(!fine);
    assert!(said.contains("services.toml:9:1: `color` という項目はここでは使えません — `colour` のことではありませんか"), "{said}");
    assert!(
        said.contains("0120-000-000 のように") && said.contains("`recycle` のことではありませんか"),
        "{said}"
    );
}
