//! A disk of a few megabytes that can be filled: mounted as root, or in a user's namespace of its own.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// A disk of so many kilobytes.
pub struct SmallDisk {
    folder: tempfile::TempDir,
    path: PathBuf,
    /// In whose namespace it is mounted, where that is not ours.
    keeper: Option<Child>,
}

impl SmallDisk {
    /// Mounts one; says so and gives nothing where that cannot be done. Where the set-up was made, that is a
    /// fault, unless `KAIRAN_NO_SMALL_DISK` says that this machine lets nobody mount.
    ///
    /// # Panics
    /// If there is no room for a temporary folder, or the set-up should have let it be mounted.
    pub fn mount(kilobytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("dir");
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            let path = folder.path().to_owned();
            return Some(Self {
                folder,
                path,
                keeper: None,
            });
        }
        if let Some((keeper, path)) = in_a_namespace(folder.path(), &size) {
            return Some(Self {
                folder,
                path,
                keeper: Some(keeper),
            });
        }
        println!(
            "NOT TRIED: a small disk cannot be mounted here, so nothing was tried on a full one"
        );
        let is_said = |name| std::env::var_os(name).is_some();
        assert!(
            !is_said("KAIRAN_SET_UP") || is_said("KAIRAN_NO_SMALL_DISK"),
            "a small disk could be mounted neither as this user nor by `unshare --map-root-user --mount`; on a \
             machine that lets nobody mount, set KAIRAN_NO_SMALL_DISK=1"
        );
        None
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.path
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

/// Whoever may not mount may in a namespace of their own; others see it through the process that stays there.
fn in_a_namespace(folder: &Path, size: &str) -> Option<(Child, PathBuf)> {
    // It ends with the test, too, whose end of the pipe is closed then.
    let script = "mount -t tmpfs -o \"$1\" tmpfs \"$2\" && echo mounted && read -r _";
    let mut keeper = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount"])
        .args(["sh", "-c", script, "sh", size])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut said = String::new();
    let out = keeper.stdout.take()?;
    let _ = BufReader::new(out).read_line(&mut said);
    if said == "mounted\n" {
        let path = format!("/proc/{}/root{}", keeper.id(), folder.display());
        return Some((keeper, path.into()));
    }
    let _ = keeper.kill();
    let _ = keeper.wait();
    None
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Some(keeper) = &mut self.keeper {
            let _ = keeper.kill();
            let _ = keeper.wait();
        } else {
            let _ = Command::new("umount")
                .arg("-l")
                .arg(self.folder.path())
                .status();
        }
    }
}
