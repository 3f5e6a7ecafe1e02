//! Nothing that lies beside the catalogue is shown unless it is content: whatever somebody with a password names, in
//! whatever field, no byte of a secret comes back, and nothing is written over anything.

use std::{
    io::{Cursor, Read as _},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use kairan_backend::content::gather::Rounds;
use kairan_sources::source::{Location, SourceKind};
use kairan_tests::{
    office::{Office, location},
    source::{gathering, tile, with_content},
    until,
};
use reqwest::StatusCode;
use url::Url;
use zip::ZipArchive;

use crate::{
    exchange::{BROKER, everything_beside, zipped},
    providers::{SHOP, bread},
};

/// It stands in every secret here.
const MARK: &str = "planted-secret-7f3a";

/// A council that keeps everything in one folder, with secrets wherever somebody might look; and a folder outside.
struct Planted {
    office: Office,
    _outside: tempfile::TempDir,
    /// Names that lead to a secret, without what they end in.
    names: Vec<String>,
}

/// Everything that a name may end in.
const ENDS: [&str; 7] = ["md", "toml", "csv", "json", "xml", "wav", "png"];

fn planted() -> Planted {
    let office = Office::in_one_folder();
    let outside = tempfile::tempdir().expect("a folder");
    let data = office.data.path().file_name().expect("a name").to_owned();
    let data = data.to_str().expect("text").to_owned();
    let mut names = Vec::new();
    let sound = format!("RIFF\0\0\0\0WAVE {MARK}");
    let plant = |folder: &Path, name: &str| {
        std::fs::create_dir_all(folder).expect("a folder");
        for end in ENDS {
            let text = match end {
                "toml" => {
                    format!("title = \"{MARK}\"\n[[step]]\nwords = \"{MARK}\"\nseconds = 3\n")
                }
                "json" => format!("[{{\"id\": \"{MARK}\", \"name\": \"{MARK}\"}}]"),
                "csv" => format!("名称,緯度,経度\n{MARK},34.69,135.50\n"),
                "wav" => sound.clone(),
                _ => format!("# {MARK}"),
            };
            std::fs::write(folder.join(format!("{name}.{end}")), text).expect("plants");
        }
    };
    plant(outside.path(), "leak");
    for (folder, name) in [
        (format!("{data}/backend"), "leak"),
        (format!("{data}/backend/blobs"), "leak"),
        (format!("{data}/backend.keys"), "leak"),
        (format!("{data}/backend.keys/second-factors"), "leak"),
        (String::new(), ".leak"),
        (".hidden".to_owned(), "leak"),
    ] {
        plant(&office.beside(&folder), name);
        names.push(
            Path::new(&folder)
                .join(name)
                .to_str()
                .expect("text")
                .to_owned(),
        );
    }
    // Links that lead out, or to what is kept back.
    symlink(outside.path(), office.beside("out")).expect("links");
    names.push("out/leak".to_owned());
    symlink(outside.path().join("none"), office.beside("nowhere")).expect("links");
    for end in ENDS {
        for (link, to) in [
            ("far", outside.path().join(format!("leak.{end}"))),
            ("near", PathBuf::from(format!("{data}/backend/leak.{end}"))),
            ("hidden", PathBuf::from(format!(".leak.{end}"))),
            ("passwd", PathBuf::from("/etc/passwd")),
            ("environ", PathBuf::from("/proc/self/environ")),
            ("database", office.data.path().join("backend/kairan.sqlite")),
            ("zero", PathBuf::from("/dev/zero")),
        ] {
            symlink(to, office.beside(&format!("{link}.{end}"))).expect("links");
        }
        let pipe = office.beside(&format!("pipe.{end}"));
        assert!(
            Command::new("mkfifo")
                .arg(pipe)
                .status()
                .expect("runs")
                .success()
        );
    }
    std::fs::write(office.beside("token.json"), MARK).expect("plants");
    for end in ENDS {
        // Another name for the same file.
        let hard = office.beside(&format!("hard.{end}"));
        std::fs::hard_link(office.beside("token.json"), hard).expect("links");
    }
    for name in [
        "far", "near", "hidden", "passwd", "environ", "database", "zero", "pipe", "hard", "token",
    ] {
        names.push(name.to_owned());
    }
    let broker = BROKER.replace("\"token\"", "\"token.json\"");
    office.council.add_tile(&format!("{SHOP}{broker}"));
    until("the catalogue with its token", || {
        let log = office.backend.log();
        log.contains("a changed catalogue is in force")
            .then_some(())
    });
    Planted {
        office,
        _outside: outside,
        names,
    }
}

/// That nothing secret stands in what came back.
fn holds_nothing(tried: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for secret in [MARK, "root:x:0", "SQLite format 3", "PATH="] {
        assert!(!text.contains(secret), "{tried}: {text}");
    }
}

/// The form of the garbage tile with this content.
fn garbage(content: &str) -> [(&str, &str); 9] {
    [
        ("was", "garbage"),
        ("id", "garbage"),
        ("provider", "city"),
        ("category", "news"),
        ("title", "ごみの出し方"),
        ("reading", "ごみのだしかた"),
        ("summary", "曜日と分け方"),
        ("icon", "recycle"),
        ("content", content),
    ]
}

/// The contents that somebody might write to see what lies under a name.
fn contents(name: &str) -> Vec<String> {
    let kinds = [
        ("page", "file", "md", ""),
        ("page", "file", "json", ""),
        ("audio", "file", "toml", ""),
        ("questionnaire", "file", "toml", ""),
        ("places", "url", "csv", ""),
        ("feed", "url", "xml", ""),
        (
            "entities",
            "url",
            "json",
            "\ngives = \"places\"\nmap.name = \"name\"",
        ),
    ];
    let written = kinds
        .map(|(kind, key, end, more)| format!("kind = \"{kind}\"\n{key} = \"{name}.{end}\"{more}"));
    written.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_an_operator_names_no_secret_comes_back() {
    let Planted {
        office,
        names,
        _outside,
    } = planted();
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    for name in &names {
        for content in contents(name) {
            let form = garbage(&content);
            for path in ["/console/tiles/try", "/console/tiles/edit"] {
                let answer = office.ask("POST", path, &kato, &form).await;
                let status = answer.status();
                assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {content}");
                let page = answer.bytes().await.expect("a page");
                holds_nothing(&content, &page);
            }
        }
        if std::fs::symlink_metadata(office.beside(&format!("{name}.md"))).is_err() {
            continue;
        }
        // A catalogue that is taken in as a file, and one that brings a file of that name along.
        let text = include_str!("../fixtures/services.toml");
        let text = text.replace("garbage.md", &format!("{name}.md"));
        let packed = zipped(&[
            ("services.toml", text.as_bytes()),
            (&format!("{name}.md"), b"# Written over"),
        ]);
        let before = everything_beside(&office);
        for file in [text.as_bytes(), &packed] {
            let path = "/console/tiles/import";
            let answer = office.send_file(path, &kato, ("a", file), &[]).await;
            assert!(answer.status().is_client_error(), "{name}");
            holds_nothing(name, &answer.bytes().await.expect("a page"));
        }
        assert_eq!(everything_beside(&office), before, "{name}");
    }
    // Nor does anything new come to lie where nothing is content.
    let nowhere = ["nowhere/leak".to_owned()];
    for name in names.iter().chain(&nowhere) {
        let new = format!("{name}-new.md");
        let is_kept = ["/backend", "out/", ".", "nowhere/"]
            .iter()
            .any(|part| new.contains(part) && name.contains(part));
        if !is_kept {
            continue;
        }
        let text = include_str!("../fixtures/services.toml").replace("garbage.md", &new);
        let packed = zipped(&[("services.toml", text.as_bytes()), (&new, b"# New")]);
        let path = "/console/tiles/import";
        let answer = office.send_file(path, &kato, ("a", &packed), &[]).await;
        assert!(answer.status().is_client_error(), "{new}");
        assert!(!office.beside(&new).exists(), "{new}");
    }
    // A token goes to nobody but the broker that the catalogue on the server names.
    let content = "kind = \"entities\"\nurl = \"https://evil.example/\"\ngives = \"places\"\ntoken_file = \"token.json\"";
    for path in ["/console/tiles/try", "/console/tiles/edit"] {
        let answer = office.ask("POST", path, &kato, &garbage(content)).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = answer.text().await.expect("a page");
        assert!(
            page.contains("サーバーの上では決められていません"),
            "{page}"
        );
    }
    let kept = std::fs::read_to_string(office.beside("token.json"));
    assert_eq!(kept.expect("there"), MARK, "as it was");
    pictures_and_sounds(&office, &kato, &names).await;
}

/// A text and a programme, good in themselves, name secrets as their pictures and sounds. They are published.
async fn pictures_and_sounds(office: &Office, kato: &str, names: &[String]) {
    let pictures: Vec<String> = names
        .iter()
        .map(|name| {
            format!(
                "![x]({name}.png)

![x]({name}.md)

"
            )
        })
        .collect();
    let pictures = pictures.concat();
    let steps: Vec<String> = names
        .iter()
        .map(|name| {
            format!(
                "[[step]]
words = \"a\"
sound = \"{name}.wav\"
"
            )
        })
        .collect();
    let steps = steps.concat();
    let text = std::fs::read_to_string(office.beside("services.toml")).expect("reads");
    let text = text.replacen("file = \"garbage.md\"", "file = \"texts/evil.md\"", 1);
    let text = text.replace(
        "kind = \"weather\", url = \"forecast.json\", area = \"990010\"",
        "kind = \"audio\", file = \"texts/evil.toml\"",
    );
    let packed = zipped(&[
        ("services.toml", text.as_bytes()),
        ("texts/evil.md", format!("# 本文\n\n{pictures}").as_bytes()),
        (
            "texts/evil.toml",
            format!("title = \"a\"\n{steps}").as_bytes(),
        ),
    ]);
    let taken = office
        .send_file(
            "/console/tiles/import",
            kato,
            ("services.zip", &packed),
            &[],
        )
        .await;
    assert_eq!(location(&taken), "/console/tiles");
    for path in [
        "/console/tiles",
        "/console/tiles/text?id=garbage",
        "/console/tiles/preview/words?touches=",
        "/console/tiles/preview.png",
    ] {
        let answer = office.ask("GET", path, kato, &[]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        holds_nothing(path, &answer.bytes().await.expect("a page"));
    }
    let published = office
        .ask("POST", "/console/tiles/publish", kato, &[("note", "")])
        .await;
    assert_eq!(published.status(), StatusCode::SEE_OTHER);
    until("the text in the repository", || {
        all_blobs(office)
            .iter()
            .any(|bytes| String::from_utf8_lossy(bytes).contains("本文"))
            .then_some(())
    });
    for bytes in all_blobs(office) {
        holds_nothing("a blob for tablets", &bytes);
    }
    let archive = office
        .ask("GET", "/console/tiles/services.zip", kato, &[])
        .await;
    assert_eq!(archive.status(), StatusCode::OK);
    let archive = archive.bytes().await.expect("an archive");
    let mut zip = ZipArchive::new(Cursor::new(&archive)).expect("opens");
    for number in 0..zip.len() {
        let mut file = zip.by_index(number).expect("a file");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("reads");
        holds_nothing("services.zip", &bytes);
    }
}

/// All that tablets may be given, but for what was planted there.
fn all_blobs(office: &Office) -> Vec<Vec<u8>> {
    let folder = office.data.path().join("backend/blobs");
    let listed = std::fs::read_dir(folder).expect("there").flatten();
    let blobs = listed.filter(|it| !it.file_name().to_string_lossy().starts_with("leak"));
    blobs
        .filter_map(|it| std::fs::read(it.path()).ok())
        .collect()
}

/// What a version before this one showed is shown no more, though it was kept as the last good content.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_content_any_more_leaves_the_shelf() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.md");
    std::fs::write(&page, "# 本文").expect("writes");
    let url = Url::parse("https://www.hidamari.example/").expect("a URL");
    let (service, mut source) = tile("page", url, SourceKind::Page);
    source.location = Location::File("page.md".into());
    let services = vec![(service, source)];
    let gathering = gathering(folder.path(), services.clone()).await;
    let rounds = Rounds::begin(&gathering, services);
    until("its content", || {
        (with_content(&gathering) == ["page"]).then_some(())
    });
    std::fs::remove_file(&page).expect("removes");
    symlink("/etc/passwd", &page).expect("links");
    until("it to go", || {
        with_content(&gathering).is_empty().then_some(())
    });
    rounds.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_provider_names_no_secret_comes_back() {
    let Planted {
        office,
        names,
        _outside,
    } = planted();
    let password = office.add("pan", "provider");
    let pan = office.sign_in("pan", &password).await;
    for name in &names {
        for content in contents(name) {
            let mut form = bread(&[]);
            form.retain(|(field, _)| *field != "content");
            let mut form: Vec<(&str, &str)> = form;
            form.push(("content", &content));
            for path in ["/console/tiles/try", "/console/tiles/edit"] {
                let answer = office.ask("POST", path, &pan, &form).await;
                assert!(answer.status().is_client_error(), "{path} {content}");
                holds_nothing(&content, &answer.bytes().await.expect("a page"));
            }
        }
    }
}
