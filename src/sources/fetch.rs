//! Asking a web address, with bounds on bytes, time and redirects, and never inside a private
//! network unless the catalogue names the host.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, RwLock},
    time::Duration,
};

use reqwest::{
    StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{
        ACCEPT, AUTHORIZATION, CONTENT_ENCODING, ETAG, HeaderMap, HeaderValue, IF_MODIFIED_SINCE,
        IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER,
    },
    redirect,
};
use url::{Host, Url};

use super::source::{ContentSource, SourceKind};
use super::{
    beside::{Beside, Refused, Role},
    error::SourceError,
};

/// The bytes of a token.
const TOKEN_LIMIT: usize = 16 * 1024;
/// The longest time a source may take from the first word to the last byte.
const PATIENCE: Duration = Duration::from_secs(20);
/// The redirects that are followed.
const REDIRECTS: usize = 5;
/// The longest peace that a source may ask for.
const LONGEST_WAIT: Duration = Duration::from_hours(24);
/// The bytes of a picture.
pub const PICTURE_LIMIT: usize = 8 * 1024 * 1024;

/// What a source said about its answer, to be given back the next time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What a source answered.
#[derive(Debug)]
pub enum Answer {
    /// Nothing changed since.
    NotModified,
    /// Something new.
    Body {
        /// The bytes.
        bytes: Vec<u8>,
        /// To be given back the next time.
        validators: Validators,
    },
}

/// Asks sources. Clones share connections.
#[derive(Clone)]
pub struct Fetcher {
    client: reqwest::Client,
    allowed: AllowedHosts,
}

/// Hosts inside private networks that the operator allows by name. Shared, because the
/// catalogue can change while the backend runs.
#[derive(Debug, Clone, Default)]
pub struct AllowedHosts(Arc<RwLock<Vec<String>>>);

impl AllowedHosts {
    /// Allows exactly `hosts` from now on.
    pub fn set(&self, hosts: Vec<String>) {
        *self
            .0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = hosts;
    }

    fn contains(&self, host: &str) -> bool {
        self.0
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(host))
    }
}

impl Fetcher {
    /// A fetcher that goes nowhere private but to `allowed`.
    pub fn new(allowed: AllowedHosts) -> Result<Self, reqwest::Error> {
        let on_redirect = allowed.clone();
        let client = guarded(&allowed)
            .redirect(redirect::Policy::custom(move |attempt| {
                if attempt.previous().len() > REDIRECTS {
                    return attempt.error("too many redirects");
                }
                let is_named = |url: &Url| on_redirect.contains(url.host_str().unwrap_or_default());
                let from = attempt.previous().last();
                match check_address(attempt.url(), &on_redirect) {
                    // What is allowed by name is asked by name, and not because somebody outside says so.
                    Ok(()) if is_named(attempt.url()) && !from.is_some_and(is_named) => {
                        attempt.error("it leads from outside into a private network")
                    }
                    Ok(()) => attempt.follow(),
                    Err(why) => attempt.error(why),
                }
            }))
            .build()?;
        Ok(Self { client, allowed })
    }

    /// Asks `url`; `since` makes it a question whether anything changed.
    pub async fn get(
        &self,
        url: &Url,
        since: &Validators,
        headers: HeaderMap,
        limit: usize,
    ) -> Result<Answer, SourceError> {
        check_address(url, &self.allowed)
            .map_err(|why| SourceError::Forbidden(url.to_string(), why))?;
        let unreachable = |error: reqwest::Error| SourceError::Unreachable {
            address: url.to_string(),
            why: innermost(&error),
        };
        let mut request = self.client.get(url.clone()).headers(headers);
        if let Some(etag) = &since.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(last_modified) = &since.last_modified {
            request = request.header(IF_MODIFIED_SINCE, last_modified);
        }
        let mut response = request.send().await.map_err(unreachable)?;
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(Answer::NotModified);
        }
        if let Some(wait) = asked_to_wait(&response) {
            return Err(SourceError::Busy {
                address: url.to_string(),
                wait,
            });
        }
        if response.status() != StatusCode::OK {
            return Err(SourceError::Unreachable {
                address: url.to_string(),
                why: format!("it answered {}", response.status()),
            });
        }
        if let Some(coding) = response.headers().get(CONTENT_ENCODING)
            && coding != "identity"
        {
            // What is not asked for is not unpacked, so no bomb can go off.
            return Err(SourceError::Unreachable {
                address: url.to_string(),
                why: format!(
                    "it packed its answer ({}), although nobody asked for that",
                    coding.to_str().unwrap_or("?")
                ),
            });
        }
        let validators = validators(response.headers());
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if bytes.len() + chunk.len() > limit {
                return Err(SourceError::TooLarge {
                    address: url.to_string(),
                    limit,
                });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Answer::Body { bytes, validators })
    }
}

/// A client that goes nowhere private but to `allowed`, and follows nobody elsewhere. What it is asked to ask is looked at
/// with [`check_address`] before.
pub fn client_that_follows_nobody(
    allowed: &AllowedHosts,
) -> Result<reqwest::Client, reqwest::Error> {
    guarded(allowed).redirect(redirect::Policy::none()).build()
}

/// What every client has: patience with an end, and no way into a private network that is not allowed.
fn guarded(allowed: &AllowedHosts) -> reqwest::ClientBuilder {
    // One provider of cryptography for the whole program; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("Kairan/", env!("CARGO_PKG_VERSION")))
        // A proxy would resolve names behind our back.
        .no_proxy()
        .timeout(PATIENCE)
        .connect_timeout(Duration::from_secs(10))
        .dns_resolver(Arc::new(GuardedResolver {
            allowed: allowed.clone(),
            lookup: Arc::new(asked_of_the_system),
        }))
}

/// For how long a source that is busy wants to be left alone, if it says so.
fn asked_to_wait(response: &reqwest::Response) -> Option<Duration> {
    let is_busy = matches!(
        response.status(),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    );
    let asked = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    let seconds = asked.trim().parse().ok().or_else(|| {
        let until = jiff::fmt::rfc2822::parse(asked).ok()?.timestamp();
        u64::try_from(until.duration_since(jiff::Timestamp::now()).as_secs()).ok()
    })?;
    is_busy.then_some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// The bytes that a document of this kind may have.
pub fn document_limit(kind: &SourceKind) -> usize {
    const MEGABYTE: usize = 1024 * 1024;
    match kind {
        SourceKind::Timetable { .. } => 40 * MEGABYTE,
        SourceKind::Places { .. } | SourceKind::Events { .. } | SourceKind::Entities { .. } => {
            20 * MEGABYTE
        }
        _ => 5 * MEGABYTE,
    }
}

/// What a source at `url` wants to hear besides its address. A token lies in a file beside the catalogue, and goes
/// nowhere but where whoever runs the server has said.
pub async fn headers_for(
    source: &ContentSource,
    url: &Url,
    beside: &Beside,
) -> Result<HeaderMap, SourceError> {
    let mut headers = HeaderMap::new();
    let access = &source.access;
    let told = [
        ("ngsild-tenant", &access.tenant),
        ("fiware-service", &access.tenant),
        ("fiware-servicepath", &access.service_path),
    ];
    for (name, value) in told {
        let value = value
            .as_deref()
            .and_then(|value| HeaderValue::from_str(value).ok());
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    if let Some(file) = &access.token_file {
        if !beside.lets(file, url) {
            return Err(SourceError::NoContent {
                file: file.clone(),
                why: Refused::ForElsewhere,
            });
        }
        let bytes = beside.read(file, Role::Token, TOKEN_LIMIT).await?;
        let token = String::from_utf8_lossy(&bytes);
        let value = HeaderValue::from_str(&format!("Bearer {}", token.trim()));
        let mut value = value.map_err(|_| {
            SourceError::NotUnderstood(format!("{} holds no token", file.display()))
        })?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    if matches!(source.kind, SourceKind::Entities { .. }) {
        headers.insert(
            ACCEPT,
            HeaderValue::from_static("application/ld+json, application/json"),
        );
    }
    Ok(headers)
}

fn validators(headers: &HeaderMap) -> Validators {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    Validators {
        etag: text(ETAG),
        last_modified: text(LAST_MODIFIED),
    }
}

/// reqwest's own sentence only names the address; the reason lies inside.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(inner) = deepest.source() {
        deepest = inner;
    }
    deepest.to_string()
}

/// Refuses what no name resolution will look at: other schemes, and addresses written as numbers.
pub fn check_address(url: &Url, allowed: &AllowedHosts) -> Result<(), &'static str> {
    let host = url.host().ok_or("it names no host")?;
    let named = allowed.contains(url.host_str().unwrap_or_default());
    if url.scheme() != "https" && !(url.scheme() == "http" && named) {
        return Err("only https is asked");
    }
    let address = match host {
        Host::Domain(_) => return Ok(()),
        Host::Ipv4(address) => IpAddr::V4(address),
        Host::Ipv6(address) => IpAddr::V6(address),
    };
    if is_public(address) || named {
        Ok(())
    } else {
        Err("it lies in a private network")
    }
}

/// Resolves names and leaves out the addresses of private networks. What it gives is what is connected
/// to: a name that leads elsewhere the second time is looked at the second time.
struct GuardedResolver {
    allowed: AllowedHosts,
    lookup: Arc<dyn Fn(String) -> Lookup + Send + Sync>,
}

/// Addresses on their way.
type Lookup = Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;

fn asked_of_the_system(name: String) -> Lookup {
    Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed.contains(name.as_str());
        let lookup = (self.lookup)(name.as_str().to_owned());
        Box::pin(async move {
            let found = lookup.await?;
            let kept: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| allowed || is_public(address.ip()))
                .collect();
            if kept.is_empty() {
                return Err(format!("{} lies in a private network", name.as_str()).into());
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

/// Whether an address belongs to the public internet (IANA's special-purpose registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (18..20).contains(&b)))
        }
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => is_public(IpAddr::V4(v4)),
            None => (v6.segments()[0] & 0xe000) == 0x2000 && v6.segments()[..2] != [0x2001, 0x0db8],
        },
    }
}

/// The IPv4 address inside a mapped (`::ffff:0:0/96`), NAT64 (`64:ff9b::/96`) or 6to4
/// (`2002::/16`) address.
fn embedded_v4(v6: Ipv6Addr) -> Option<std::net::Ipv4Addr> {
    let from = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        std::net::Ipv4Addr::new(a, b, c, d)
    };
    match v6.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(from(high, low))
        }
        [0x2002, high, low, ..] => Some(from(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_elsewhere_the_second_time_is_looked_at_the_second_time() {
        let asked = AtomicUsize::new(0);
        let resolver = GuardedResolver {
            allowed: AllowedHosts::default(),
            lookup: Arc::new(move |_| {
                let first = asked.fetch_add(1, Ordering::Relaxed) == 0;
                let address = if first {
                    "1.1.1.1:0"
                } else {
                    "169.254.169.254:0"
                };
                let address = address.parse().expect("an address");
                Box::pin(async move { Ok(vec![address]) })
            }),
        };
        let name = || "www.hidamari.example".parse::<Name>().expect("a name");
        assert!(resolver.resolve(name()).await.is_ok());
        let second = resolver.resolve(name()).await.map(|_| ());
        assert!(second.is_err_and(|error| error.to_string().contains("private network")));
    }

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ];
        for address in private {
            assert!(
                !is_public(address.parse().expect("an address")),
                "{address}"
            );
        }
        for address in [
            "1.1.1.1",
            "133.2.3.4",
            "2404:6800:4004::1",
            "::ffff:8.8.8.8",
        ] {
            assert!(is_public(address.parse().expect("an address")), "{address}");
        }
    }

    #[test]
    fn an_address_is_https_and_public_or_allowed_by_name() {
        let allowed = AllowedHosts::default();
        allowed.set(vec![
            "intra.hidamari.example".to_owned(),
            "10.0.0.5".to_owned(),
        ]);
        let check = |text: &str| check_address(&Url::parse(text).expect("a URL"), &allowed);
        assert!(check("https://www.jma.go.jp/").is_ok());
        assert!(check("http://www.jma.go.jp/").is_err());
        assert!(check("https://192.168.0.1/").is_err());
        assert!(check("https://[::1]/").is_err());
        assert!(
            check("https://2130706433/").is_err(),
            "127.0.0.1 as one number"
        );
        assert!(check("file:///etc/passwd").is_err());
        assert!(check("http://intra.hidamari.example/").is_ok());
        assert!(check("https://10.0.0.5/").is_ok());
    }
}
