//! The report in a real browser: every chart drawn, nothing said on its console, readable on a telephone,
//! and printed. The pictures are kept under `target/tmp/report`.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use kairan_tests::office::kairan;

/// Chromium without a window.
struct Browser {
    program: &'static str,
    profile: tempfile::TempDir,
}

impl Browser {
    fn find() -> Option<Self> {
        let found = ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find(|name| Command::new(name).arg("--version").output().is_ok());
        if found.is_none() {
            println!("Chromium is not installed here; `make test` installs it");
            assert!(
                std::env::var_os("KAIRAN_SET_UP").is_none(),
                "the set-up should have installed Chromium"
            );
        }
        Some(Self {
            program: found?,
            profile: tempfile::tempdir().expect("a folder"),
        })
    }

    /// Opens a page with these switches; gives its standard output, and what its console said.
    fn open(&self, switches: &[String], page: &Path) -> (String, Vec<String>) {
        let output = Command::new(self.program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
            ])
            // The frame of a page of files may be measured.
            .args(["--disable-web-security", "--allow-file-access-from-files"])
            .args(["--enable-logging=stderr", "--virtual-time-budget=10000"])
            .arg(format!("--user-data-dir={}", self.profile.path().display()))
            .args(switches)
            .arg(format!("file://{}", page.display()))
            .output()
            .expect("runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        let console = log.lines().filter(|line| line.contains("CONSOLE"));
        (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            console.map(str::to_owned).collect(),
        )
    }
}

#[test]
fn the_report_stands_in_a_real_browser_on_a_telephone_and_on_paper() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (data, out) = (path("data"), path("report"));
    let (data, out_text) = (data.to_str().expect("text"), out.to_str().expect("text"));
    kairan(&["simulate", "--loans", "120", "--days", "75", "--out", data]);
    kairan(&[
        "report",
        "--data",
        data,
        "--from",
        "2026-04-01",
        "--to",
        "2026-06-14",
        "--out",
        out_text,
    ]);
    let page = out.join("report.html");

    let (dom, console) = browser.open(&["--dump-dom".to_owned()], &page);
    assert_eq!(console, [""; 0], "the console has something to say");
    let charts = dom.matches("class=\"chart\"").count();
    assert!(charts >= 8, "{charts} charts");
    assert!(
        dom.contains(&format!("data-charts=\"{charts}\"")),
        "not every chart was drawn"
    );
    // Each figure holds a drawing with something in it.
    for figure in dom.split("<figure class=\"chart\"").skip(1) {
        let figure = figure.split("</figure>").next().unwrap_or_default();
        assert!(
            figure.contains("<svg") && figure.matches("<path").count() > 3,
            "{}",
            &figure[..80.min(figure.len())]
        );
    }

    // No sideways scrolling on a telephone or on a desk: measured in a frame of that width.
    for width in [375, 1440] {
        let frame = path(&format!("frame-{width}.html"));
        let measure = format!(
            "<!doctype html><body><iframe id=f src=\"{}\" width={width} height=900 style=\"border:0\"></iframe>\
             <p id=found>waiting</p><script>f.onload = () => setTimeout(() => {{ const page = f.contentDocument.documentElement;\
             found.textContent = `page ${{page.scrollWidth}} of ${{page.clientWidth}}`; }}, 500);</script>",
            page.display()
        );
        std::fs::write(&frame, measure).expect("writes");
        let (dom, _) = browser.open(&["--dump-dom".to_owned()], &frame);
        assert!(
            dom.contains(&format!("page {width} of {width}")),
            "{width}: {}",
            dom.chars()
                .rev()
                .take(200)
                .collect::<String>()
                .chars()
                .rev()
                .collect::<String>()
        );
    }

    let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("report");
    std::fs::create_dir_all(&kept).expect("a folder");
    for (name, size) in [("desk", "1100,6800"), ("telephone", "500,9000")] {
        let picture = kept.join(format!("{name}.png"));
        let switches = [
            format!("--window-size={size}"),
            format!("--screenshot={}", picture.display()),
        ];
        browser.open(&switches, &page);
        let drawn = image::open(&picture).expect("a picture").to_rgb8();
        let ink = drawn
            .pixels()
            .filter(|pixel| pixel.0 == [0x0b, 0x53, 0x94])
            .count();
        assert!(ink > 10_000, "{name}: {ink} pixels of the charts' blue");
    }
    let paper = kept.join("report.pdf");
    browser.open(&[format!("--print-to-pdf={}", paper.display())], &page);
    let pdf = std::fs::read(&paper).expect("printed");
    assert!(
        pdf.starts_with(b"%PDF") && pdf.len() > 50_000,
        "{} bytes",
        pdf.len()
    );
}
