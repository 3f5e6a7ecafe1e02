//! A line between tablet and backend as it is in a valley: slow in both senses, on which a blob may
//! never come, and which may be gone for a while.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::sleep,
    time::{Duration, Instant},
};

/// What is passed on at once: small, so that what is urgent finds its way between.
const PIECE: usize = 4 * 1024;

/// A line on which every answer shares so many bytes a second.
pub struct SlowLine {
    /// Where the tablet finds the backend.
    pub address: String,
    line: Arc<Line>,
}

struct Line {
    backend: String,
    /// Bytes a second; 0 is as many as come.
    pace: AtomicU64,
    /// When the next piece may pass.
    next: Mutex<Instant>,
    /// Nobody answers.
    is_cut: AtomicBool,
    /// Blobs are asked for and do not come yet.
    is_shut: AtomicBool,
    /// The next blob that is asked for is lost from then on.
    loses_next: AtomicBool,
    /// The hashes of blobs that are answered with 404.
    lost: Mutex<Vec<String>>,
    /// Bytes of blobs that have passed.
    passed: AtomicU64,
    /// How often a blob was asked for that is lost.
    refused: AtomicU64,
}

impl SlowLine {
    /// A line to the backend at `host_and_port`, as fast as can be.
    ///
    /// # Panics
    /// If there is no port.
    pub fn to(host_and_port: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let line = Arc::new(Line {
            backend: host_and_port.to_owned(),
            pace: AtomicU64::new(0),
            next: Mutex::new(Instant::now()),
            is_cut: AtomicBool::new(false),
            is_shut: AtomicBool::new(false),
            loses_next: AtomicBool::new(false),
            lost: Mutex::default(),
            passed: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        });
        let behind = Arc::clone(&line);
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let line = Arc::clone(&behind);
                std::thread::spawn(move || line.pass(&stream));
            }
        });
        Self { address, line }
    }

    /// From now on all answers share so many bytes a second; 0 is as many as come.
    pub fn pace(&self, bytes_a_second: u64) {
        self.line.pace.store(bytes_a_second, Ordering::SeqCst);
    }

    /// Nobody answers, or somebody does again. What stands is cut.
    pub fn cut(&self, is_cut: bool) {
        self.line.is_cut.store(is_cut, Ordering::SeqCst);
    }

    /// No blob comes, or they do again; what is asked for meanwhile waits.
    pub fn shut(&self, is_shut: bool) {
        self.line.is_shut.store(is_shut, Ordering::SeqCst);
    }

    /// This blob is answered with 404.
    ///
    /// # Panics
    /// If a thread of the line did.
    pub fn lose(&self, sha256: &str) {
        self.lost().push(sha256.to_owned());
    }

    /// The blob that is asked for next is answered with 404, now and later.
    pub fn lose_next(&self) {
        self.line.loses_next.store(true, Ordering::SeqCst);
    }

    /// Every blob is there again.
    pub fn find_all(&self) {
        self.lost().clear();
    }

    /// Bytes of blobs that have passed.
    pub fn passed(&self) -> u64 {
        self.line.passed.load(Ordering::SeqCst)
    }

    /// How often a blob was asked for that is lost.
    pub fn refused(&self) -> u64 {
        self.line.refused.load(Ordering::SeqCst)
    }

    fn lost(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.line.lost.lock().expect("not poisoned")
    }
}

impl Line {
    /// One request and its answer; then the connection is over.
    fn pass(&self, near: &TcpStream) -> Option<()> {
        if self.is_cut.load(Ordering::SeqCst) {
            return None;
        }
        let mut asked = BufReader::new(near.try_clone().ok()?);
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            asked.read_line(&mut line).ok().filter(|read| *read > 0)?;
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line == "\r\n" {
                break;
            }
            if !lower.starts_with("connection:") {
                head.push_str(&line);
            }
        }
        let mut body = vec![0; length];
        asked.read_exact(&mut body).ok()?;
        let blob = head.split_whitespace().nth(1)?.split_once("/blobs/");
        let blob = blob.map(|(_, sha256)| sha256.to_owned());
        let mut near = near;
        if let Some(sha256) = &blob {
            while self.is_shut.load(Ordering::SeqCst) {
                sleep(Duration::from_millis(20));
            }
            let mut lost = self.lost.lock().expect("not poisoned");
            if self.loses_next.swap(false, Ordering::SeqCst) {
                lost.push(sha256.clone());
            }
            let is_lost = lost.contains(sha256);
            drop(lost);
            if is_lost {
                self.refused.fetch_add(1, Ordering::SeqCst);
                let answer =
                    "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
                return near.write_all(answer.as_bytes()).ok();
            }
        }
        let mut far = TcpStream::connect(&self.backend).ok()?;
        far.write_all(head.as_bytes()).ok()?;
        far.write_all(b"Connection: close\r\n\r\n").ok()?;
        far.write_all(&body).ok()?;
        far.set_read_timeout(Some(Duration::from_millis(100)))
            .ok()?;
        let mut piece = [0; PIECE];
        loop {
            if self.is_cut.load(Ordering::SeqCst) {
                return None;
            }
            let length = match far.read(&mut piece) {
                Ok(0) => return Some(()),
                Ok(length) => length,
                // A stream of changes is silent most of the time.
                Err(error)
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    ) =>
                {
                    continue;
                }
                Err(_) => return None,
            };
            self.wait_for_its_turn(length);
            near.write_all(&piece[..length]).ok()?;
            if blob.is_some() {
                self.passed.fetch_add(length as u64, Ordering::SeqCst);
            }
        }
    }

    /// Waits until the line has room for so many bytes.
    fn wait_for_its_turn(&self, length: usize) {
        let pace = self.pace.load(Ordering::SeqCst);
        if pace == 0 {
            return;
        }
        let takes = Duration::from_micros(length as u64 * 1_000_000 / pace);
        let turn = {
            let mut next = self.next.lock().expect("not poisoned");
            *next = (*next).max(Instant::now()) + takes;
            *next
        };
        sleep(turn.saturating_duration_since(Instant::now()));
    }
}
