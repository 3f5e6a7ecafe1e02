//! Hostile sources beside good ones: each is refused, and none holds up another.

use std::{
    io::{Cursor, Write as _},
    net::TcpStream,
    time::Duration,
};

use kairan_backend::content::gather::Rounds;
use kairan_contract::Content;
use kairan_sources::source::SourceKind;
use kairan_tests::{
    source::{Source, gathering, manifest_of, say, tile, with_content},
    until,
};

const GOOD: &str = "<rss version=\"2.0\"><channel><title>t</title><item><title>敬老会</title><guid>1</guid></item></channel></rss>";
const SCRIPT: &str = "<rss version=\"2.0\"><channel><title>t</title><item><title>&lt;script&gt;alert(1)&lt;/script&gt;お知らせ</title><guid>1</guid>\
    <description>&lt;p onclick=\"x()\"&gt;どうぞ&lt;/p&gt;&lt;img src=\"/giant.png\"&gt;&lt;script&gt;x&lt;/script&gt;</description></item></channel></rss>";

/// The head of a PNG that says it has 20,000 by 20,000 points.
fn giant() -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    for side in [20_000_u32, 20_000] {
        png.extend(side.to_be_bytes());
    }
    png.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    png
}

/// Four gigabytes in a zip would take a test too long to make; two hundred megabytes do.
fn bomb() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("stops.txt", zip::write::SimpleFileOptions::default())
        .expect("starts");
    for _ in 0..200 {
        zip.write_all(&vec![b'x'; 1024 * 1024]).expect("writes");
    }
    zip.finish().expect("finishes").into_inner()
}

fn answer(request: &str, stream: &mut TcpStream, bomb: &[u8]) {
    let path = request.split_whitespace().nth(1).unwrap_or("/");
    let endless = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    match path {
        "/good" => say(stream, "200 OK", GOOD.as_bytes()),
        "/script" => say(stream, "200 OK", SCRIPT.as_bytes()),
        "/giant.png" => say(stream, "200 OK\r\nContent-Type: image/png", &giant()),
        "/endless" => {
            let _ = stream.write_all(endless.as_bytes());
            let block = vec![b'a'; 65_536];
            while stream.write_all(&block).is_ok() {}
        }
        "/drip" => {
            let _ = stream.write_all(endless.as_bytes());
            while stream.write_all(b".").is_ok() {
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        "/packed" => say(stream, "200 OK\r\nContent-Encoding: gzip", &[0x1f, 0x8b, 8]),
        "/loop" => say(stream, "302 Found\r\nLocation: /loop", b""),
        "/inside" => say(
            stream,
            "302 Found\r\nLocation: http://169.254.169.254/",
            b"",
        ),
        "/page" => say(
            stream,
            "200 OK\r\nContent-Type: text/html",
            b"<!DOCTYPE html><html><body>moved</body></html>",
        ),
        "/bomb" => say(stream, "200 OK\r\nContent-Type: application/zip", bomb),
        _ => say(stream, "500 Oops", b"\xff\xfe\x00"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_sources_are_refused_and_the_good_ones_are_on_time() {
    let bomb = bomb();
    let source = Source::start(move |request, stream| answer(request, stream, &bomb));
    let feed = || SourceKind::Feed {
        include: Vec::new(),
        exclude: Vec::new(),
    };
    let timetable = SourceKind::Timetable {
        stops: vec!["駅前".to_owned()],
        to: None,
    };
    let places = SourceKind::Places {
        columns: std::collections::BTreeMap::new(),
        near: None,
    };
    let mut services = vec![
        tile("bomb", source.url("/bomb"), timetable),
        tile("page", source.url("/page"), places),
    ];
    for id in [
        "endless", "drip", "packed", "loop", "inside", "oops", "good", "script",
    ] {
        services.push(tile(id, source.url(&format!("/{id}")), feed()));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let gathering = gathering(folder.path(), services.clone()).await;
    let began = std::time::Instant::now();
    let rounds = Rounds::begin(&gathering, services);
    until("the good sources", || {
        (with_content(&gathering).len() == 2).then_some(())
    });
    // The drip is given up after twenty seconds; nobody has waited for it.
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
    assert_eq!(with_content(&gathering), ["good", "script"]);
    rounds.end().await;

    let manifest = manifest_of(&gathering);
    let mut entries = manifest.services.into_iter();
    let content = entries.find(|entry| entry.service.id.as_str() == "script");
    let reference = content.and_then(|entry| entry.content).expect("content");
    assert!(reference.pictures.is_empty(), "the giant is left out");
    let blob = gathering
        .repository
        .blob(reference.blob.sha256)
        .await
        .expect("a blob");
    let Ok(Content::Feed { articles }) = serde_json::from_slice(&blob.plain.bytes) else {
        panic!("no feed")
    };
    assert_eq!(articles[0].title, "お知らせ");
    let text = String::from_utf8_lossy(&blob.plain.bytes).into_owned();
    assert!(
        !text.contains("script") && !text.contains("onclick"),
        "{text}"
    );
    gathering.store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tiles_may_show_the_same() {
    let source = Source::start(|_, stream| say(stream, "200 OK", GOOD.as_bytes()));
    let services: Vec<_> = (0..30)
        .map(|number| {
            let kind = SourceKind::Feed {
                include: Vec::new(),
                exclude: Vec::new(),
            };
            tile(&format!("tile-{number}"), source.url("/good"), kind)
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let gathering = gathering(folder.path(), services.clone()).await;
    let began = std::time::Instant::now();
    let rounds = Rounds::begin(&gathering, services);
    until("every tile", || {
        (with_content(&gathering).len() == 30).then_some(())
    });
    // One that failed would come again after half a minute only.
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    rounds.end().await;
    gathering.store.close().await;
}
