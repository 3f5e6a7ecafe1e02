//! A publisher on the loopback, good or hostile, and a backend's rounds that ask it.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex},
};

use kairan_backend::{
    content::{Gathering, repository::ContentRepository},
    database::Database,
    tablets::queries::Standing,
};
use kairan_catalogue::{Audiences, Catalogue, EvaluationSettings};
use kairan_contract::{Manifest, Service};
use kairan_sources::{
    beside::Beside,
    fetch::{AllowedHosts, Fetcher},
    source::{Access, ContentSource, Location, SourceKind},
};
use url::Url;

/// A source on the loopback, and the requests that it got.
pub struct Source {
    /// Where it listens.
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Source {
    /// Starts a source that answers each request, in small letters, with `answer`.
    ///
    /// # Panics
    /// If there is no port.
    pub fn start(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (gathered, answer) = (Arc::clone(&asked), Arc::new(answer));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().filter_map(Result::ok) {
                let (gathered, answer) = (Arc::clone(&gathered), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut bytes = [0; 4096];
                    let length = stream.read(&mut bytes).unwrap_or(0);
                    let request = String::from_utf8_lossy(&bytes[..length]).to_lowercase();
                    gathered.lock().expect("not poisoned").push(request.clone());
                    answer(&request, &mut stream);
                });
            }
        });
        Self { port, asked }
    }

    /// An address at it.
    ///
    /// # Panics
    /// If `path` is none.
    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}{path}", self.port)).expect("a URL")
    }

    /// What it was asked so far.
    ///
    /// # Panics
    /// If a thread of it did.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

/// Answers with a head, without its first word and its length, and a body.
pub fn say(stream: &mut TcpStream, head: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body));
}

/// A tile whose content lies at `url`, whatever its scheme.
///
/// # Panics
/// If `id` is no id.
pub fn tile(id: &str, url: Url, kind: SourceKind) -> (Service, ContentSource) {
    let service = serde_json::json!({
        "id": id, "provider": "city", "category": "news", "title": "市から", "reading": "しから",
        "summary": "市から", "icon": "megaphone"
    });
    let service = serde_json::from_value(service).expect("a service");
    let source = ContentSource {
        location: Location::Web(url),
        every_minutes: 30,
        access: Access::default(),
        kind,
        near_name: None,
    };
    (service, source)
}

/// What rounds need to ask sources on the loopback, with everything kept in `folder`.
///
/// # Panics
/// If the folder cannot be written.
pub async fn gathering(folder: &Path, services: Vec<(Service, ContentSource)>) -> Arc<Gathering> {
    let allowed = AllowedHosts::default();
    allowed.set(vec!["127.0.0.1".to_owned()]);
    let council = serde_json::json!({
        "name": "ひだまり市", "areas": [], "helper_telephone": "0120-000-000"
    });
    let catalogue = Catalogue {
        evaluation: EvaluationSettings::default(),
        council: serde_json::from_value(council).expect("a council"),
        allowed_hosts: Vec::new(),
        categories: Vec::new(),
        providers: Vec::new(),
        services,
        messages: Vec::new(),
        whom: Audiences::default(),
        neighbourhoods: None,
        forms: std::collections::BTreeMap::default(),
        hours: std::collections::BTreeMap::default(),
        hints: Vec::new(),
    };
    Arc::new(Gathering {
        fetcher: Fetcher::new(allowed).expect("a fetcher"),
        store: Database::open(folder, None).await.expect("a store"),
        repository: Arc::new(ContentRepository::open(folder, catalogue, 1).expect("a repository")),
        beside: Beside::of(&folder.join("services.toml"), []),
        demonstration: false,
    })
}

/// What a tablet that nothing is known of would be given.
///
/// # Panics
/// If the manifest is none.
pub fn manifest_of(gathering: &Gathering) -> Manifest {
    let manifest = gathering.repository.manifest(None, &Standing::default());
    serde_json::from_slice(&manifest.plain.bytes).expect("a manifest")
}

/// The ids of the tiles that have content.
///
/// # Panics
/// If the manifest is none.
pub fn with_content(gathering: &Gathering) -> Vec<String> {
    let manifest = manifest_of(gathering);
    let entries = manifest.services.into_iter();
    entries
        .filter(|entry| entry.content.is_some())
        .map(|entry| entry.service.id.to_string())
        .collect()
}
