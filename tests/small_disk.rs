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
    /// Mounts one for a tablet and this test, as root or in a namespace; says so and gives nothing where that cannot be
    /// done. Where the set-up was made, that is a fault, unless `KAIRAN_NO_SMALL_DISK` says that this machine lets
    /// nobody mount.
    ///
    /// # Panics
    /// If there is no room for a temporary folder, or the set-up should have let it be mounted.
    pub fn mount(kilobytes: u32) -> Option<Self> {
        Self::as_root(kilobytes).or_else(|| {
            let folder = tempfile::tempdir().expect("dir");
            let Some((keeper, path)) = in_a_namespace(folder.path(), &size(kilobytes)) else {
                was_not_tried();
                return None;
            };
            Some(Self {
                folder,
                path,
                keeper: Some(keeper),
            })
        })
    }

    /// The same for every program, which only root can do.
    ///
    /// # Panics
    /// As above.
    pub fn mount_for_all(kilobytes: u32) -> Option<Self> {
        let disk = Self::as_root(kilobytes);
        if disk.is_none() {
            was_not_tried();
        }
        disk
    }

    fn as_root(kilobytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("dir");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size(kilobytes), "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        let path = folder.path().to_owned();
        mounted.is_ok_and(|it| it.success()).then(|| Self {
            folder,
            path,
            keeper: None,
        })
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

fn size(kilobytes: u32) -> String {
    format!("size={kilobytes}k")
}

fn was_not_tried() {
    println!("NOT TRIED: a small disk cannot be mounted here, so nothing was tried on a full one");
    let is_said = |name| std::env::var_os(name).is_some();
    assert!(
        !is_said("KAIRAN_SET_UP") || is_said("KAIRAN_NO_SMALL_DISK"),
        "a small disk could not be mounted: run the tests as root, or, to do without what needs it, set \
         KAIRAN_NO_SMALL_DISK=1"
    );
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

/// How a program is started on the disk at `data`, and where that lies for it. SQLite follows every link, and the way
/// through another process's root is one: who writes there has to be in its namespace.
pub(crate) fn on_the_disk_of(program: &Path, data: &Path) -> (Command, PathBuf) {
    let inside = data.strip_prefix("/proc").ok().and_then(|rest| {
        let mut parts = rest.components();
        let keeper = parts.next()?.as_os_str().to_owned();
        let inside = parts.as_path().strip_prefix("root").ok()?;
        Some((keeper, Path::new("/").join(inside)))
    });
    let Some((keeper, inside)) = inside else {
        return (Command::new(program), data.to_owned());
    };
    let mut command = Command::new("nsenter");
    command.arg("--target").arg(keeper);
    command.args(["--user", "--preserve-credentials", "--mount"]);
    command.arg(program);
    (command, inside)
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
