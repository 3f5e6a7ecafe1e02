//! What can be set, under which name in the file and in the environment, and what the environment says.

use kairan_contract::Language;
use kairan_text::{Message, message};
use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use ipnet::IpNet;

use super::given::{Given, SettingsError};
use crate::secret::Kept;
use kairan_catalogue::FaultKind;

/// A key of the settings file.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in the file.
    pub name: &'static str,
    /// The variable of the environment that says the same.
    pub variable: &'static str,
    /// How its value is written.
    pub written: Message,
}

const FOLDER: Message =
    message("\"/var/lib/kairan\" のようにフォルダーかファイルの名前を書いてください");
const LISTEN: Message = message("\"127.0.0.1:8080\" のようにアドレスとポートを書いてください");
const DATABASE: Message = message("\"postgres://USER@HOST/NAME\" と書くか、この行を消してください");
const DAYS: Message = message("\"s3://BUCKET/FOLDER\" と書くか、この行を消してください");
const FLAG: Message = message("true か false と書いてください");
const NETWORKS: Message =
    message("[\"10.0.0.0/8\", \"::1/128\"] のようにネットワークを書いてください");

/// Everything that can be set.
pub const KEYS: [Key; 9] = [
    key("data", "KAIRAN_DATA", FOLDER),
    key("catalogue", "KAIRAN_CATALOGUE", FOLDER),
    key("listen", "KAIRAN_LISTEN", LISTEN),
    key("database", "KAIRAN_DATABASE", DATABASE),
    key("database_file", "KAIRAN_DATABASE_FILE", FOLDER),
    key("days", "KAIRAN_DAYS", DAYS),
    key("plain_http", "KAIRAN_PLAIN_HTTP", FLAG),
    key("trusted_proxies", "KAIRAN_TRUSTED_PROXIES", NETWORKS),
    key("keys_dir", "KAIRAN_KEYS", FOLDER),
];

const fn key(name: &'static str, variable: &'static str, written: Message) -> Key {
    Key {
        name,
        variable,
        written,
    }
}

/// What is said of a value that `key` cannot have. The value is not shown: it may be a secret.
pub(super) fn unfit(name: &'static str) -> FaultKind {
    let known = KEYS.iter().find(|key| key.name == name);
    FaultKind::Unfit {
        key: name.to_owned(),
        written: known.map_or(FOLDER, |key| key.written),
    }
}

/// A network, or one address.
pub fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let network = text.parse::<IpNet>().ok();
    let network = network.or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from));
    let network =
        network.ok_or_else(|| format!("it is no network; {}", NETWORKS.tr(Language::ENGLISH)))?;
    if network.prefix_len() == 0 {
        return Err("it is everybody, and everybody could say that they are somebody else; name the networks of your proxies".to_owned());
    }
    if network.trunc() != network {
        return Err(format!(
            "it is no network; did you mean {}?",
            network.trunc()
        ));
    }
    Ok(network)
}

/// What the environment says.
pub(super) fn read(
    variable: impl Fn(&str) -> Option<OsString>,
    language: Language,
) -> Result<Given, SettingsError> {
    let wrong = |name: &'static str| {
        let key = KEYS.iter().find(|key| key.name == name);
        SettingsError::Environment {
            name: key.map_or(name, |key| key.variable).to_owned(),
            told: unfit(name).in_words(language),
        }
    };
    let said = |name: &'static str| {
        let key = KEYS.iter().find(|key| key.name == name)?;
        variable(key.variable)
    };
    let path = |name| said(name).map(PathBuf::from);
    let text = |name: &'static str| {
        let said = said(name).map(OsString::into_string).transpose();
        said.map_err(|_| wrong(name))
    };
    let parsed = |name| -> Result<Option<SocketAddr>, SettingsError> {
        let said = text(name)?.map(|it| it.trim().parse());
        said.transpose().map_err(|_| wrong(name))
    };
    let database = match (text("database")?, path("database_file")) {
        (Some(_), Some(_)) => {
            return Err(SettingsError::Environment {
                name: "KAIRAN_DATABASE_FILE".to_owned(),
                told: FaultKind::Doubled("KAIRAN_DATABASE", "KAIRAN_DATABASE_FILE")
                    .in_words(language),
            });
        }
        (Some(text), None) => Some(Kept::Here(text.parse().map_err(|_| wrong("database"))?)),
        (None, file) => file.map(Kept::InFile),
    };
    let days = text("days")?.map(|it| it.parse()).transpose();
    let plain_http = match text("plain_http")?.as_deref() {
        None => None,
        Some("true" | "yes" | "1") => Some(true),
        Some("false" | "no" | "0") => Some(false),
        Some(_) => return Err(wrong("plain_http")),
    };
    let networks = text("trusted_proxies")?.map(|list| {
        let each = list.split(',').filter(|it| !it.trim().is_empty());
        each.map(network).collect::<Result<Vec<_>, _>>()
    });
    Ok(Given {
        data: path("data"),
        catalogue: path("catalogue"),
        listen: parsed("listen")?,
        database,
        days: days.map_err(|_| wrong("days"))?,
        plain_http,
        trusted_proxies: match networks {
            Some(Err(_)) => return Err(wrong("trusted_proxies")),
            Some(Ok(networks)) => Some(networks),
            None => None,
        },
        keys_dir: path("keys_dir"),
        files: Vec::new(),
        // Tables stand in the file only.
        mail: None,
        staff: None,
        connections: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Result<Given, SettingsError> {
        read(
            |asked| (asked == name).then(|| value.into()),
            Language::ENGLISH,
        )
    }

    #[test]
    fn the_environment_says_everything_that_the_file_says() {
        let given = with("KAIRAN_TRUSTED_PROXIES", "10.0.0.0/8, ::1,192.0.2.7").expect("reads");
        let networks = given.trusted_proxies.expect("says so");
        let written: Vec<String> = networks.iter().map(ToString::to_string).collect();
        assert_eq!(written, ["10.0.0.0/8", "::1/128", "192.0.2.7/32"]);
        let given = with("KAIRAN_LISTEN", "[::1]:90").expect("reads");
        assert_eq!(given.listen, "[::1]:90".parse().ok());
        let given = with("KAIRAN_PLAIN_HTTP", "no").expect("reads");
        assert_eq!(given.plain_http, Some(false));
        let given = with("KAIRAN_DATABASE_FILE", "/run/secret").expect("reads");
        assert_eq!(given.database, Some(Kept::InFile("/run/secret".into())));
        assert_eq!(with("HOME", "/root").expect("reads"), Given::default());
    }

    #[test]
    fn a_wrong_variable_is_named_and_its_value_is_not_shown() {
        for (name, value) in [
            ("KAIRAN_TRUSTED_PROXIES", "10.0.0.0/99"),
            ("KAIRAN_LISTEN", "here"),
            ("KAIRAN_PLAIN_HTTP", "perhaps"),
            ("KAIRAN_DATABASE", "mysql://a:geheim@b/c"),
            ("KAIRAN_DAYS", "ftp://geheim"),
        ] {
            let told = with(name, value).expect_err("is wrong").to_string();
            assert!(told.starts_with(name), "{told}");
            assert!(told.contains("write "), "{told}");
            assert!(!told.contains("geheim"), "{told}");
        }
    }
}
