//! The tables `[mail]` and `[staff]` of the settings file: whom staff are told by, and who is told besides the people of the
//! console.

use kairan_text::{Message, message};
use std::{convert::Infallible, fmt, path::Path, str::FromStr};

use lettre::Address;
use url::Url;

use super::address::checked;
use crate::secret::Kept;
use kairan_catalogue::{FaultKind, Faults, Placed, Table};

/// Addresses and webhooks that are told at most: more belong on a list of the mail server's.
const MOST_TOLD: usize = 20;
/// The port of a mail server where none is named.
const PORT: u32 = 587;

/// The mail server through which staff are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSettings {
    /// Its name.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is kept secret.
    pub encryption: Encryption,
    /// From whom the mails are.
    pub from: Address,
    /// With which name and password it lets us in, if it asks.
    pub login: Option<(String, Kept<Password>)>,
}

/// How the way to the mail server is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// It begins in the clear and goes on in TLS, or not at all: port 587.
    StartTls,
    /// TLS from the first byte: port 465.
    Tls,
    /// Not at all, for a server on the same machine or network; never with a password.
    None,
}

impl Encryption {
    const WORDS: [(&'static str, Self); 3] = [
        ("starttls", Self::StartTls),
        ("tls", Self::Tls),
        ("none", Self::None),
    ];
}

/// A password, shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// As the server takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Password {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Whom to tell besides the people of the console.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StaffSettings {
    /// By e-mail.
    pub mail: Vec<Address>,
    /// By webhook.
    pub webhooks: Vec<Url>,
    /// Hosts of webhooks that may lie in a private network.
    pub allowed_hosts: Vec<String>,
    /// Where people find the console: `https://HOST`.
    pub console: Option<Url>,
}

/// Understands `[mail]`, if it is there.
pub fn mail(root: &Table, folder: &Path, faults: &mut Faults) -> Option<MailSettings> {
    const KNOWN: &[&str] = &["server", "port", "tls", "from", "user", "password_file"];
    let value = root.get("mail")?;
    let table = Table::under("[mail]", "[mail]", KNOWN, value, faults)?;
    let server = table.need_text("server", faults);
    let port = match table.get("port") {
        Some(_) => table.number("port", 1, u32::from(u16::MAX), faults),
        None => Some(PORT),
    };
    let encryption = match table.get("tls") {
        Some(_) => table.need_one_of("tls", &Encryption::WORDS, faults),
        None => Some(Encryption::StartTls),
    };
    let from = table.need_text("from", faults);
    let from = from.and_then(|text| address(&text, "from", faults));
    let user = table.text("user", faults);
    let password = table.text("password_file", faults);
    let login = match (user, password) {
        (Some(user), Some(file)) => {
            if encryption == Some(Encryption::None) {
                unfit("tls", WITH_A_PASSWORD, &value.span(), faults);
            }
            Some((user.value.to_owned(), Kept::InFile(folder.join(file.value))))
        }
        (Some(Placed { span, .. }), None) | (None, Some(Placed { span, .. })) => {
            unfit("user", BOTH, &span, faults);
            None
        }
        (None, None) => None,
    };
    Some(MailSettings {
        server: server?.value.trim().to_owned(),
        port: u16::try_from(port?).ok()?,
        encryption: encryption?,
        from: from?,
        login,
    })
}

/// Understands `[staff]`, if it is there.
pub fn staff(root: &Table, faults: &mut Faults) -> Option<StaffSettings> {
    const KNOWN: &[&str] = &["mail", "webhooks", "allowed_hosts", "console"];
    let value = root.get("staff")?;
    let table = Table::under("[staff]", "[staff]", KNOWN, value, faults)?;
    let mut staff = StaffSettings::default();
    for text in table.texts("mail", faults) {
        staff.mail.extend(address(&text, "mail", faults));
    }
    for text in table.texts("webhooks", faults) {
        staff
            .webhooks
            .extend(web(&text, "webhooks", WEBHOOKS, faults));
    }
    for text in table.texts("allowed_hosts", faults) {
        staff.allowed_hosts.push(text.value.trim().to_owned());
    }
    let console = table.text("console", faults);
    staff.console = console.and_then(|text| web(&text, "console", CONSOLE, faults));
    if staff.mail.len() > MOST_TOLD || staff.webhooks.len() > MOST_TOLD {
        unfit("staff", MANY, &value.span(), faults);
    }
    Some(staff)
}

type Written = Message;

const ADDRESS: Written =
    message("\"bousai@hidamari.example\" のようにメールアドレスを書いてください");
const WEBHOOKS: Written = message(
    "\"https://…\" で始まる場所を書いてください（http:// は allowed_hosts にあるホストだけ）",
);
const CONSOLE: Written = message("\"https://kairan.hidamari.example\" のように書いてください");
const WITH_A_PASSWORD: Written =
    message("パスワードを使うときは \"starttls\" か \"tls\" にしてください");
const BOTH: Written = message("user と password_file は、両方書くか、両方消してください");
const MANY: Written =
    message("あて先は 20件までにしてください。多いときはメーリングリストを使ってください");

fn unfit(key: &str, written: Written, span: &std::ops::Range<usize>, faults: &mut Faults) {
    let key = key.to_owned();
    faults.add(FaultKind::Unfit { key, written }, span);
}

fn address(text: &Placed<&str>, key: &str, faults: &mut Faults) -> Option<Address> {
    let address = checked(text.value);
    if address.is_none() {
        unfit(key, ADDRESS, &text.span, faults);
    }
    address
}

fn web(text: &Placed<&str>, key: &str, written: Written, faults: &mut Faults) -> Option<Url> {
    let url: Option<Url> = text.value.trim().parse().ok();
    let url = url.filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    if url.is_none() {
        unfit(key, written, &text.span, faults);
    }
    url
}
