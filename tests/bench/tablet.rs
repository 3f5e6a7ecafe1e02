//! The tablet's own program in a real window under Xvfb: time to the first painted tile, memory
//! and processor time at rest.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use kairan_tests::{
    programs::{Backend, Tablet, program},
    until,
};

const STARTS: usize = 7;
const REST: Duration = Duration::from_secs(30);
/// The colour behind the first tile's icon, as blue, green, red.
const TILE: [u8; 3] = [0x9c, 0x4e, 0x1f];

pub fn measure(backend: &Backend, folder: &Path) -> anyhow::Result<()> {
    let display = Display::start(folder)?;
    let data = folder.join("tablet");
    prepare(backend, &data);
    first_paint(&display, &backend.address, &data)?;
    let tablet = display.tablet(&backend.address, &data)?;
    until("a tile", || display.shows_a_tile().then_some(()));
    rest("home", &tablet)?;
    stop(tablet);
    Ok(())
}

/// Enrols, syncs, and reads what the council says to everybody: by day that would stand before the tiles. Those
/// that are measured find everything on the disk.
fn prepare(backend: &Backend, data: &Path) {
    let mut tablet = Tablet::start(&backend.address, data, Some(&backend.enrolment_code()));
    until("all content", || {
        let pictures = fs::read_dir(data.join("blobs")).ok()?.count();
        (pictures >= 8).then_some(())
    });
    until("the council's message", || {
        let screen = tablet.screen()?;
        if screen.contains("わからないことは") {
            return Some(());
        }
        // By day it comes by itself; at any hour it stands on its tile.
        let _ = tablet.touch("読む") || tablet.touch("市からの お便り");
        None
    });
    tablet.close();
}

/// A tablet whose disk holds three hundred articles and three hundred pictures: what is not on the
/// screen is not in memory.
pub fn measure_a_full_one(folder: &Path) -> anyhow::Result<()> {
    let display = Display::start(folder)?;
    let data = folder.join("full-tablet");
    crate::shelf::fill(&data)?;
    println!("with 300 articles and 300 pictures:");
    let nowhere = "http://127.0.0.1:9";
    first_paint(&display, nowhere, &data)?;
    let tablet = display.tablet(nowhere, &data)?;
    until("a tile", || display.shows_a_tile().then_some(()));
    rest("home", &tablet)?;
    // The first tile, and in its list the first article with its picture.
    display.click(200, 300)?;
    display.click(600, 400)?;
    rest("an article with its picture", &tablet)?;
    stop(tablet);
    Ok(())
}

fn first_paint(display: &Display, address: &str, data: &Path) -> anyhow::Result<()> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        until("an empty screen", || {
            (!display.shows_a_tile()).then_some(())
        });
        let began = Instant::now();
        let tablet = display.tablet(address, data)?;
        while !display.shows_a_tile() {
            anyhow::ensure!(
                began.elapsed() < Duration::from_secs(20),
                "no tile was painted"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        times.push(began.elapsed());
        stop(tablet);
    }
    times.sort();
    println!(
        "process start to first painted tile: {:.0} ms (middle of {STARTS}; {:.0} to {:.0})",
        times[STARTS / 2].as_secs_f64() * 1e3,
        times[0].as_secs_f64() * 1e3,
        times[STARTS - 1].as_secs_f64() * 1e3
    );
    Ok(())
}

/// Memory and processor time while nobody touches anything.
fn rest(what: &str, tablet: &Child) -> anyhow::Result<()> {
    // What a start or a touch brings about is no rest.
    std::thread::sleep(Duration::from_secs(5));
    let before = processor_ticks(tablet.id())?;
    std::thread::sleep(REST);
    let ticks = processor_ticks(tablet.id())? - before;
    println!(
        "{what} after {} s at rest: PSS {:.1} MB, {ticks} processor ticks of 10 ms",
        REST.as_secs(),
        f64::from(memory_kilobytes(tablet.id())?) / 1024.0
    );
    Ok(())
}

fn stop(mut tablet: Child) {
    kairan_tests::programs::terminate(&tablet);
    let _ = tablet.wait();
}

fn processor_ticks(process: u32) -> anyhow::Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let after_name = stat.rsplit_once(')').context("a name in brackets")?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    // utime and stime are the 14th and 15th field; two stand before these.
    Ok(fields[11].parse::<u64>()? + fields[12].parse::<u64>()?)
}

fn memory_kilobytes(process: u32) -> anyhow::Result<u32> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .context("a line Pss")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Xvfb, whose picture lies in a file.
struct Display {
    child: Child,
    name: String,
    picture: std::path::PathBuf,
}

impl Display {
    fn start(folder: &Path) -> anyhow::Result<Self> {
        let folder = folder.join("display");
        fs::create_dir_all(&folder)?;
        let name = format!(":{}", 90 + std::process::id() % 900);
        let child = Command::new("Xvfb")
            .args([
                &name,
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
                "-fbdir",
            ])
            .arg(&folder)
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb is missing: `make bench` installs it")?;
        let picture = folder.join("Xvfb_screen0");
        until("Xvfb", || {
            picture
                .metadata()
                .ok()
                .filter(|metadata| metadata.len() > 4_000_000)
        });
        Ok(Self {
            child,
            name,
            picture,
        })
    }

    fn tablet(&self, address: &str, data: &Path) -> anyhow::Result<Child> {
        let mut command = Command::new(program("kairan-tablet"));
        command
            .args(["--practised", "--backend", address, "--data"])
            .arg(data);
        command
            .env("DISPLAY", &self.name)
            .env_remove("WAYLAND_DISPLAY")
            .env("SLINT_BACKEND", "winit-software");
        command.spawn().context("the tablet starts")
    }

    /// A finger at these pixels.
    fn click(&self, across: u32, down: u32) -> anyhow::Result<()> {
        let (across, down) = (across.to_string(), down.to_string());
        Command::new("xdotool")
            .args(["mousemove", &across, &down, "sleep", "0.2", "click", "1"])
            .env("DISPLAY", &self.name)
            .status()
            .context("xdotool is missing: `make bench` installs it")?;
        // Longer than the tablet takes a second tap for a tremor.
        std::thread::sleep(Duration::from_millis(900));
        Ok(())
    }

    /// Whether a whole square of the first tile's colour is on the screen.
    fn shows_a_tile(&self) -> bool {
        let Ok(picture) = fs::read(&self.picture) else {
            return false;
        };
        let mut run = 0;
        for pixel in picture.chunks_exact(4) {
            run = if pixel[..3] == TILE { run + 1 } else { 0 };
            if run >= 15 {
                return true;
            }
        }
        false
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
