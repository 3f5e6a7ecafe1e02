//! Where staff are told: a mail server and a webhook of our own on the loopback, which keep what comes.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// A mail as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// For whom.
    pub to: String,
    /// Head and body as they stood on the wire.
    pub text: String,
}

/// Something that listens and keeps what comes; nobody listens any more when it is dropped.
pub struct Post<T> {
    /// Where.
    pub address: SocketAddr,
    came: Arc<Mutex<Vec<T>>>,
    over: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl<T: Clone + Send + 'static> Post<T> {
    fn start(port: u16, hear: fn(&TcpStream) -> Option<T>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let (came, over) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let (kept, ended) = (Arc::clone(&came), Arc::clone(&over));
        let thread = std::thread::spawn(move || {
            let kept: Arc<Mutex<Vec<T>>> = kept;
            for stream in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::SeqCst) {
                    break;
                }
                if let Some(it) = hear(&stream) {
                    kept.lock().expect("not poisoned").push(it);
                }
            }
        });
        Self {
            address,
            came,
            over,
            thread: Some(thread),
        }
    }

    /// What has come so far.
    ///
    /// # Panics
    /// If the thread that listens did.
    pub fn came(&self) -> Vec<T> {
        self.came.lock().expect("not poisoned").clone()
    }
}

impl<T> Drop for Post<T> {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Post<Mail> {
    /// A mail server at this port; at any for 0.
    ///
    /// # Panics
    /// If the port is taken.
    pub fn mail_server(port: u16) -> Self {
        Self::start(port, hear_a_mail)
    }
}

impl Post<String> {
    /// A webhook, which keeps the bodies.
    ///
    /// # Panics
    /// If there is no free port.
    pub fn webhook() -> Self {
        Self::start(0, hear_a_post)
    }
}

fn hear_a_mail(stream: &TcpStream) -> Option<Mail> {
    let answer = |text: &str| {
        let mut stream = stream;
        stream.write_all(format!("{text}\r\n").as_bytes()).ok()
    };
    let mut lines = BufReader::new(stream).lines();
    let (mut to, mut mail) = (String::new(), None);
    answer("220 mail.hidamari.example")?;
    while let Some(Ok(line)) = lines.next() {
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match word.as_str() {
            "RCPT" => {
                let between = line.split(['<', '>']).nth(1);
                between.unwrap_or_default().clone_into(&mut to);
                answer("250 yes")?;
            }
            "DATA" => {
                answer("354 go on")?;
                let mut text = Vec::new();
                for line in lines.by_ref().map_while(Result::ok) {
                    if line == "." {
                        break;
                    }
                    text.push(line);
                }
                let text = text.join("\n");
                mail = Some(Mail {
                    to: to.clone(),
                    text,
                });
                answer("250 taken")?;
            }
            "QUIT" => {
                let _ = answer("221 good bye");
                break;
            }
            _ => answer("250 yes")?,
        }
    }
    mail
}

fn hear_a_post(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut stream = stream;
    let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
    stream.write_all(answer).ok()?;
    String::from_utf8(body).ok()
}
