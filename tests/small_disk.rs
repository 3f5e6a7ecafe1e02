//! A disk of a few megabytes that can be filled, which only root can make.

use std::{io::Write as _, path::Path, process::Command};

/// A disk of so many kilobytes.
pub struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Mounts one; says so and gives nothing where that cannot be done.
    ///
    /// # Panics
    /// If there is no room for a temporary folder.
    pub fn mount(kilobytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("dir");
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(folder));
        }
        println!("a small disk cannot be mounted here, so nothing was tried on one");
        None
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills what is left.
    ///
    /// # Panics
    /// If not even a file can be made.
    pub fn fill(&self) {
        let mut file = std::fs::File::create(self.path().join("filling")).expect("creates");
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    /// Takes what filled it away.
    ///
    /// # Panics
    /// If it was not filled.
    pub fn make_room(&self) {
        std::fs::remove_file(self.path().join("filling")).expect("removes");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}
