//! Manifest requests a second, beside nginx that serves the same bytes in the same run.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::Context as _;
use kairan_tests::{programs::Backend, until};

/// Rounds; the middle one is told.
const ROUNDS: usize = 3;

pub fn measure(backend: &Backend, token: &str, folder: &Path) -> anyhow::Result<()> {
    let ours = format!("{}/api/v1/manifest", backend.address);
    let bearer = format!("Authorization: Bearer {token}");
    let (head, body) = curl(&[&ours, "-H", &bearer, "-H", "Accept-Encoding: gzip"])?;
    let our_etag = header(&head, "etag")?;
    let nginx = Nginx::start(&body, folder)?;
    let (head, same) = curl(&[&nginx.address, "-H", "Accept-Encoding: gzip"])?;
    anyhow::ensure!(same == body, "nginx serves the same bytes");
    let its_etag = header(&head, "etag")?;
    let cases = [("200", None, None), ("304", Some(our_etag), Some(its_etag))];
    for (status, our_etag, its_etag) in cases {
        let mut rates = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            rates.0.push(wrk(&ours, &bearer, our_etag.as_deref())?);
            rates
                .1
                .push(wrk(&nginx.address, &bearer, its_etag.as_deref())?);
        }
        let (kairan, nginx) = (middle(rates.0), middle(rates.1));
        println!(
            "manifest {status} ({} bytes gzipped), 64 connections: kairan {kairan:.0} a second, nginx {nginx:.0}, ratio {:.2}",
            body.len(),
            kairan / nginx
        );
    }
    Ok(())
}

fn middle(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn wrk(url: &str, bearer: &str, etag: Option<&str>) -> anyhow::Result<f64> {
    let mut command = Command::new("wrk");
    command.args([
        "-t2",
        "-c64",
        "-d6s",
        "-H",
        "Accept-Encoding: gzip",
        "-H",
        bearer,
    ]);
    if let Some(etag) = etag {
        command.args(["-H", &format!("If-None-Match: {etag}")]);
    }
    let output = command
        .arg(url)
        .output()
        .context("wrk is missing: `make bench` installs it")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    anyhow::ensure!(!said.contains("Non-2xx"), "{said}");
    let rate = said
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"));
    Ok(rate.context(said.clone())?.trim().parse()?)
}

fn curl(arguments: &[&str]) -> anyhow::Result<(String, Vec<u8>)> {
    let output = Command::new("curl")
        .args(["-s", "-i"])
        .args(arguments)
        .output()
        .context("curl is missing")?;
    let split = output
        .stdout
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .context("an answer with a head")?;
    let (head, body) = output.stdout.split_at(split);
    Ok((
        String::from_utf8_lossy(head).into_owned(),
        body[4..].to_vec(),
    ))
}

fn header(head: &str, name: &str) -> anyhow::Result<String> {
    let found = head.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    });
    found.with_context(|| format!("no {name} in {head}"))
}

struct Nginx {
    child: std::process::Child,
    address: String,
}

impl Nginx {
    /// nginx with as many workers as we have threads, handing out `body` from a file.
    fn start(body: &[u8], folder: &Path) -> anyhow::Result<Self> {
        let folder = folder.join("nginx");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("manifest"), body)?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let at = folder.display();
        let configuration = format!(
            "worker_processes auto; pid {at}/pid; error_log {at}/log; daemon off; user root;
             events {{ worker_connections 1024; }}
             http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100;
               server {{ listen 127.0.0.1:{port}; root {at};
                 location / {{ default_type application/json; add_header Content-Encoding gzip; etag on; }} }} }}"
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, configuration)?;
        let child = Command::new("nginx")
            .arg("-c")
            .arg(&file)
            .stderr(Stdio::null())
            .spawn()
            .context("nginx is missing: `make bench` installs it")?;
        until("nginx", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Ok(Self {
            child,
            address: format!("http://127.0.0.1:{port}/manifest"),
        })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        kairan_tests::programs::terminate(&self.child);
        let _ = self.child.wait();
    }
}
