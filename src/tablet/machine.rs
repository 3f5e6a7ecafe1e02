//! What the machine says of itself: its battery, its screen, whether it can speak.

use std::{fs, path::Path};

use kairan_contract::RequestKind;

use crate::speech::SpeechError;

/// What a helper asks about a tablet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Machine {
    /// How full the battery is; none where there is none.
    pub battery_percent: Option<u8>,
    /// Pixels across and down.
    pub pixels: (u32, u32),
    /// Tenths of inches from corner to corner of the screen.
    pub tenths_of_inches: u16,
    /// Why it cannot speak, if it cannot.
    pub silence: Option<SpeechError>,
}

impl Machine {
    /// What a helper sends the council.
    pub fn report(&self) -> RequestKind {
        RequestKind::Report {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            battery_percent: self.battery_percent,
            speaks: self.silence.is_none(),
        }
    }
}

/// How full the battery is, as Linux tells it.
pub fn battery_percent() -> Option<u8> {
    battery_below(Path::new("/sys/class/power_supply"))
}

/// What is free for this program on the disk of a folder, in megabytes.
pub fn free_megabytes(folder: &Path) -> Option<u64> {
    Some(free_bytes(folder)? / 1_000_000)
}

/// The same in bytes.
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn battery_below(folder: &Path) -> Option<u8> {
    let supplies = fs::read_dir(folder).ok()?;
    supplies.flatten().find_map(|supply| {
        let kind = fs::read_to_string(supply.path().join("type")).ok()?;
        let capacity = fs::read_to_string(supply.path().join("capacity")).ok()?;
        let percent = capacity.trim().parse().ok().filter(|it| *it <= 100)?;
        (kind.trim() == "Battery").then_some(percent)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_battery_is_told_from_the_mains() {
        let folder = tempfile::tempdir().expect("a folder");
        let supply = |name: &str, kind: &str, capacity: &str| {
            let supply = folder.path().join(name);
            fs::create_dir(&supply).expect("makes");
            fs::write(supply.join("type"), kind).expect("writes");
            fs::write(supply.join("capacity"), capacity).expect("writes");
        };
        supply("AC", "Mains\n", "100\n");
        assert_eq!(battery_below(folder.path()), None);
        supply("BAT0", "Battery\n", "83\n");
        assert_eq!(battery_below(folder.path()), Some(83));
        assert_eq!(battery_below(&folder.path().join("nowhere")), None);
    }
}
