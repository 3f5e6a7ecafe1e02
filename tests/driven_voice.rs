//! The tablet's own voice on the machine's true loudspeaker. It is told on standard input what to say, a line an order,
//! and says on standard output what it tells the tablet.

use std::{io::BufRead as _, path::PathBuf};

use anyhow::Context as _;
use kairan_tablet::{
    profile::Loudness,
    speech::{self, AudioCommand, Loudspeaker, Passage, SpeechEvent, Synthesis, Tone},
};

fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.context("name a folder for the voice")?;
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("KAIRAN_LOG"))
        .with_writer(std::io::stderr)
        .init();
    let voice = speech::start(
        Loudspeaker::default,
        Synthesis::prepare(&folder),
        |heard| match heard {
            SpeechEvent::Clause { turn, words, .. } => println!("says {turn} {words}"),
            SpeechEvent::Ended { turn } => println!("ended {turn}"),
            SpeechEvent::Stopped { turn } => println!("stopped {turn}"),
            SpeechEvent::Waits { turn, why } => println!("waits {turn} {why:?}"),
            SpeechEvent::Cannot { turn, why } => println!("cannot {turn} {why:?}"),
        },
    );
    for line in std::io::stdin().lock().lines() {
        voice.send(order(&line?)?);
    }
    Ok(())
}

fn order(line: &str) -> anyhow::Result<AudioCommand> {
    let mut words = line.splitn(3, ' ');
    let first = match words.next().unwrap_or_default() {
        "hush" => return Ok(AudioCommand::Stop),
        "pause" => return Ok(AudioCommand::Pause),
        "go-on" => return Ok(AudioCommand::Resume),
        "touch" => return Ok(AudioCommand::Tone(Tone::Touch, Loudness::Loud)),
        "chime" => return Ok(AudioCommand::Tone(Tone::Reminder, Loudness::Loud)),
        "say" => None,
        "remind" => Some(Tone::Reminder),
        "warn" => Some(Tone::Warning),
        other => anyhow::bail!("unknown order {other}"),
    };
    let turn = words.next().context("a number")?.parse()?;
    let passages = words.next().unwrap_or_default().split('|');
    Ok(AudioCommand::Speak {
        turn,
        passages: passages.map(Passage::of).collect(),
        first,
        loudness: Loudness::Loud,
        rate: 1.0,
    })
}
