//! The number below which sequence numbers may have been used, in a file of its own, so that a
//! lost journal never gives a number twice: the backend would take the second record for the
//! first and drop it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::atomic_file::{clear_leftover, write};

/// Numbers are reserved in steps, so that the file is written seldom.
pub const STEP: u64 = 1_000;

pub struct SequenceReservation {
    path: PathBuf,
    reserved: u64,
}

impl SequenceReservation {
    /// What was reserved before; nothing if the file is not there or is no number.
    pub fn read(folder: &Path) -> Self {
        let path = folder.join("sequence");
        clear_leftover(&path);
        let text = fs::read_to_string(&path).unwrap_or_default();
        Self {
            path,
            reserved: text.trim().parse().unwrap_or(0),
        }
    }

    /// All numbers up to this one may have been used.
    pub fn reserved(&self) -> u64 {
        self.reserved
    }

    /// Makes sure that `last` is reserved, on the disk, before it is used.
    pub fn reserve(&mut self, last: u64) -> io::Result<()> {
        if last > self.reserved {
            let reserved = last + STEP;
            write(&self.path, reserved.to_string().as_bytes())?;
            self.reserved = reserved;
        }
        Ok(())
    }
}
