//! An office with people before a backend: signed in, and asking without a browser.

use std::{path::Path, process::Command, time::Instant};

use reqwest::{Client, Response, StatusCode, redirect::Policy};

use crate::{
    council::Council,
    programs::{Backend, program},
};

/// A backend with people.
pub struct Office {
    /// The backend.
    pub backend: Backend,
    /// Where it keeps its data: in `backend`.
    pub data: tempfile::TempDir,
    client: Client,
    /// What it publishes.
    pub council: Council,
}

impl Default for Office {
    fn default() -> Self {
        Self::new()
    }
}

impl Office {
    /// With the records of a pilot that never was.
    ///
    /// # Panics
    /// If that fails.
    pub fn with_a_pilot() -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let place = data.path().join("backend");
        let place = place.to_str().expect("text");
        kairan(&[
            "simulate",
            "--loans",
            "120",
            "--days",
            "75",
            "--from",
            "2026-08-01",
            "--out",
            place,
        ]);
        Self::at(data)
    }

    /// With nobody in it yet.
    ///
    /// # Panics
    /// If there is no room for a folder.
    pub fn new() -> Self {
        Self::at(tempfile::tempdir().expect("a folder"))
    }

    /// With nobody in it yet, and this text as its settings file.
    ///
    /// # Panics
    /// If there is no room for it.
    pub fn with_settings(text: &str) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        std::fs::write(data.path().join(SETTINGS), text).expect("writes");
        Self::at(data)
    }

    /// Its backend is stopped and started again, with the same data and settings.
    #[must_use]
    pub fn restart(self) -> Self {
        self.restarted(|_| {})
    }

    /// With its data beside its catalogue, as where everything lies in one folder.
    ///
    /// # Panics
    /// If there is no room for a folder.
    pub fn in_one_folder() -> Self {
        let council = Council::new();
        let catalogue = council.catalogue();
        let folder = catalogue.parent().expect("a folder");
        let data = tempfile::Builder::new().prefix("data").tempdir_in(folder);
        Self::of(council, data.expect("a folder"))
    }

    /// Stopped, and started again after something has happened to its data folder.
    ///
    /// # Panics
    /// If it does not stop or start.
    #[must_use]
    pub fn restarted(self, meanwhile: impl FnOnce(&Path)) -> Self {
        let Self {
            backend,
            data,
            client,
            council,
        } = self;
        let place = data.path().join("backend");
        backend.stop();
        meanwhile(&place);
        let backend = started(&council, &data);
        Self {
            backend,
            data,
            client,
            council,
        }
    }

    fn at(data: tempfile::TempDir) -> Self {
        Self::of(Council::new(), data)
    }

    fn of(council: Council, data: tempfile::TempDir) -> Self {
        let backend = started(&council, &data);
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .build()
            .expect("a client");
        Self {
            backend,
            data,
            client,
            council,
        }
    }

    /// Where its backend keeps its data, as a command is told.
    ///
    /// # Panics
    /// If the path is no text.
    pub fn place(&self) -> String {
        let place = self.data.path().join("backend");
        place.to_str().expect("text").to_owned()
    }

    /// A file beside its catalogue.
    pub fn beside(&self, name: &str) -> std::path::PathBuf {
        self.council.catalogue().with_file_name(name)
    }

    /// Adds somebody of a provider; gives their password.
    ///
    /// # Panics
    /// If that fails.
    pub fn add_of(&self, name: &str, role: &str, provider: &str) -> String {
        let place = self.place();
        let who = ["people", "add", name, "--role", role, "--data", &place];
        kairan(&[&who[..], &["--provider", provider]].concat())
            .trim()
            .to_owned()
    }

    /// Adds somebody; gives their password.
    ///
    /// # Panics
    /// If that fails.
    pub fn add(&self, name: &str, role: &str) -> String {
        let place = self.place();
        let mut arguments = vec!["people", "add", name, "--role", role, "--data", &place];
        if matches!(role, "provider" | "counter") {
            arguments.extend(["--provider", "shop"]);
        }
        kairan(&arguments).trim().to_owned()
    }

    /// Asks without a browser.
    ///
    /// # Panics
    /// If that fails.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        cookie: &str,
        form: &[(&str, &str)],
    ) -> Response {
        self.ask_with(method, path, cookie, form, &[]).await
    }

    /// Asks with headers besides.
    ///
    /// # Panics
    /// If nobody answers.
    pub async fn ask_with(
        &self,
        method: &str,
        path: &str,
        cookie: &str,
        form: &[(&str, &str)],
        more: &[(&str, &str)],
    ) -> Response {
        let method = method.parse().expect("a method");
        let address = format!("{}{path}", self.backend.address);
        let mut request = self
            .client
            .request(method, address)
            .header("cookie", cookie);
        if !form.is_empty() {
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(encoded(form));
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        request.send().await.expect("answers")
    }

    /// Sends a file as a form with one field for it, and others.
    ///
    /// # Panics
    /// If nobody answers.
    pub async fn send_file(
        &self,
        path: &str,
        cookie: &str,
        (name, bytes): (&str, &[u8]),
        fields: &[(&str, &str)],
    ) -> Response {
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend([head.as_bytes(), value.as_bytes(), b"\r\n"].concat());
        }
        let head = format!(
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend([head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat());
        self.client
            .post(format!("{}{path}", self.backend.address))
            .header("cookie", cookie)
            .header("content-type", "multipart/form-data; boundary=x")
            .body(body)
            .send()
            .await
            .expect("answers")
    }

    /// Two people who may send emergencies, signed in.
    ///
    /// # Panics
    /// If that fails.
    pub async fn two_people(&self) -> [String; 2] {
        let mut cookies = Vec::new();
        for name in ["writer", "releaser"] {
            let password = self.add(name, "releaser");
            cookies.push(self.sign_in(name, &password).await);
        }
        cookies.try_into().expect("two")
    }

    /// One of two people writes an emergency, and the other releases it; says when.
    ///
    /// # Panics
    /// If it is not sent.
    pub async fn release(
        &self,
        [writer, releaser]: &[String; 2],
        title: &str,
        text: &str,
    ) -> Instant {
        let form = [("title", title), ("text", text), ("hours", "6")];
        let path = "/console/emergencies/write";
        let written = self.ask("POST", path, writer, &form).await;
        assert_eq!(written.status(), StatusCode::SEE_OTHER);
        let page = self.ask("GET", "/console/emergencies", writer, &[]).await;
        let page = page.text().await.expect("a page");
        let id = between(&page, "name=\"id\" value=\"", "\"");
        let which = [("id", id), ("edition", "1")];
        let began = Instant::now();
        let path = "/console/emergencies/release";
        let sent = self.ask("POST", path, releaser, &which).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        began
    }

    /// Signs in to the end; gives the cookie.
    ///
    /// # Panics
    /// If that fails.
    pub async fn sign_in(&self, name: &str, password: &str) -> String {
        let form = [("name", name), ("password", password)];
        let answer = self.ask("POST", "/console/sign-in", "", &form).await;
        let (place, cookie) = (location(&answer), cookie(&answer));
        if !place.starts_with("/console/second-factor") {
            return cookie;
        }
        let page = self
            .ask("GET", &place, &cookie, &[])
            .await
            .text()
            .await
            .expect("a page");
        let secret = between(&page, "<code class=\"letters\">", "</code>");
        let form = [("code", &*code(secret))];
        let answer = self
            .ask("POST", "/console/second-factor", &cookie, &form)
            .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        self::cookie(&answer)
    }
}

/// The name of its settings file, if it has one.
const SETTINGS: &str = "kairan.toml";

fn started(council: &Council, data: &tempfile::TempDir) -> Backend {
    let settings = data.path().join(SETTINGS);
    let named = settings.to_str().expect("text");
    let more: &[&str] = if settings.is_file() {
        &["--settings", named]
    } else {
        &[]
    };
    Backend::start_at(council, &data.path().join("backend"), "127.0.0.1:0", more)
}

/// A form as a browser sends it.
pub fn encoded(form: &[(&str, &str)]) -> String {
    let mut encoded = url::form_urlencoded::Serializer::new(String::new());
    encoded.extend_pairs(form);
    encoded.finish()
}

/// Runs a command of `kairan`; gives what it says.
///
/// # Panics
/// If it fails.
pub fn kairan(arguments: &[&str]) -> String {
    let output = Command::new(program("kairan"))
        .args(arguments)
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Where an answer leads.
///
/// # Panics
/// If that is no text.
pub fn location(answer: &Response) -> String {
    let value = answer
        .headers()
        .get("location")
        .map(|it| it.to_str().expect("text"));
    value.unwrap_or_default().to_owned()
}

/// The cookies that an answer sets, as a request bears them.
pub fn cookie(answer: &Response) -> String {
    let set = answer.headers().get_all("set-cookie").iter();
    let pairs = set.filter_map(|it| it.to_str().ok()?.split(';').next());
    pairs.collect::<Vec<_>>().join("; ")
}

/// What stands between two marks.
pub fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let rest = text.split_once(from).map_or("", |(_, rest)| rest);
    rest.split_once(to).map_or("", |(found, _)| found)
}

/// What an authenticator shows now.
///
/// # Panics
/// If that fails.
pub fn code(letters: &str) -> String {
    let letters: String = letters.split_whitespace().collect();
    let secret = totp_rs::Secret::try_from_base32(letters).expect("a secret");
    let totp = totp_rs::Builder::new()
        .with_secret(secret)
        .build()
        .expect("a factor");
    totp.generate_current().to_string()
}
