//! What is urgent while 200 MB are on their way over 100 kB a second, of which one blob never comes, and the same on a
//! full disk: how long after its release an emergency is on the screen.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use kairan_tests::{
    council::EXERCISE_TILE, office::Office, programs::Tablet, slow_line::SlowLine,
    small_disk::SmallDisk,
};

/// Bytes a second of the line, in which everything shares.
const PACE: u64 = 100_000;
/// 25 sounds of 8 MB.
const SOUNDS: u64 = 25;
const SOUND: usize = 8_000_000;
const ROUNDS: usize = 5;
const TITLE: &str = "ひだまり川が あふれます";
/// What a tablet must keep to.
const BOUND: Duration = Duration::from_secs(2);

/// Measures it.
pub fn measure() -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let home = tempfile::tempdir()?;
        measure_on("200 MB over 100 kB/s, one page missing", home.path(), || {}).await?;
        match SmallDisk::mount(4096) {
            Some(disk) => {
                measure_on("the same with a full disk", disk.path(), || disk.fill()).await
            }
            None => Ok(()),
        }
    })
}

async fn measure_on(
    what: &str,
    home: &std::path::Path,
    before: impl FnOnce(),
) -> anyhow::Result<()> {
    let office = Office::new();
    let people = office.two_people().await;
    let line = SlowLine::to(&office.backend.host_and_port());
    let code = office.backend.enrolment_code();
    let mut tablet = Tablet::start_asking_every(60, &line.address, home, Some(&code));
    tablet.wait_for("あたらしい記事 2件");
    before();
    line.pace(PACE);
    office.council.publish_programme("体操", SOUNDS, SOUND);
    office.council.add_tile(EXERCISE_TILE);
    line.lose_next();
    office
        .council
        .write("garbage.md", "# ごみ\n\n朝7時までに。");
    // On a full disk nothing is fetched that is not urgent.
    let began = Instant::now();
    while line.passed() < 500_000 && began.elapsed() < Duration::from_secs(20) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut took = Vec::new();
    for round in 0..ROUNDS {
        let text = format!("{round}番目です。すぐに 高いところへ。");
        let released = office.release(&people, TITLE, &text).await;
        tablet.wait_for_sight(&text);
        took.push(released.elapsed());
        tablet.answer();
    }
    let slowest = took.iter().max().context("rounds")?;
    println!(
        "{what}: an emergency is on the screen after {:.2} s at most ({took:.2?}), with {} kB of 200,000 fetched and \
         {} times 404",
        slowest.as_secs_f64(),
        line.passed() / 1_000,
        line.refused(),
    );
    anyhow::ensure!(*slowest <= BOUND, "that is more than {BOUND:?}");
    tablet.kill();
    Ok(())
}
