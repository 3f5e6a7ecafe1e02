//! The settings file: TOML, every fault of it told with its line and how to mend it.

use kairan_contract::Language;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::{
    environment::{network, unfit},
    given::{Given, SettingsError},
    value::DatabaseAddress,
};
use crate::{connections, notices, secret::Kept};
use kairan_catalogue::{Fault, FaultKind, Faults, Placed, Table};

/// The keys of the file. A room's own table is named here, too.
const KNOWN: &[&str] = &[
    "data",
    "catalogue",
    "listen",
    "database",
    "database_file",
    "days",
    "plain_http",
    "trusted_proxies",
    "keys_dir",
    "mail",
    "staff",
    "connections",
];

/// The largest settings file that is read.
const LARGEST: u64 = 256 * 1024;

/// Reads the file at `path`. Names of files and folders in it count from its own folder.
pub fn load(path: &Path, language: Language) -> Result<Given, SettingsError> {
    let unread = |source| SettingsError::Unread {
        path: path.to_owned(),
        source,
    };
    let length = std::fs::metadata(path).map_err(unread)?.len();
    if length > LARGEST {
        return Err(unread(std::io::Error::other("it is too large")));
    }
    let text = std::fs::read_to_string(path).map_err(unread)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    read(&text, folder).map_err(|faults| SettingsError::Faulty {
        path: path.to_owned(),
        faults,
        language,
    })
}

/// Understands the text of a settings file that lies in `folder`.
pub fn read(text: &str, folder: &Path) -> Result<Given, Vec<Fault>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut faults = Faults::new(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        faults.add(FaultKind::Syntax(error.message().replace('\n', " ")), &span);
    }
    let root = Table::new("the settings", KNOWN, root.get_ref(), 0..0, &mut faults);
    let given = given(&root, folder, &mut faults);
    let faults = faults.into_sorted();
    if faults.is_empty() {
        Ok(given)
    } else {
        Err(faults)
    }
}

fn given(root: &Table, folder: &Path, faults: &mut Faults) -> Given {
    Given {
        data: path(root, "data", folder, faults),
        catalogue: path(root, "catalogue", folder, faults),
        listen: parsed(root, "listen", faults),
        database: database(root, folder, faults),
        days: parsed(root, "days", faults),
        plain_http: root
            .get("plain_http")
            .map(|_| root.flag("plain_http", faults)),
        trusted_proxies: root.get("trusted_proxies").map(|_| {
            let texts = root.texts("trusted_proxies", faults);
            let mut networks = Vec::new();
            for Placed { value, span } in texts {
                match network(value) {
                    Ok(network) => networks.push(network),
                    Err(_) => faults.add(unfit("trusted_proxies"), &span),
                }
            }
            networks
        }),
        keys_dir: path(root, "keys_dir", folder, faults),
        files: Vec::new(),
        mail: notices::settings::mail(root, folder, faults),
        staff: notices::settings::staff(root, faults),
        connections: connections::settings::connections(root, faults),
    }
}

/// The file or folder at `key`.
fn path(root: &Table, key: &'static str, folder: &Path, faults: &mut Faults) -> Option<PathBuf> {
    let text = root.text(key, faults)?;
    Some(folder.join(text.value))
}

/// The value at `key`, if it can be one.
fn parsed<T: std::str::FromStr>(root: &Table, key: &'static str, faults: &mut Faults) -> Option<T> {
    let text = root.text(key, faults)?;
    let value = text.value.trim().parse().ok();
    if value.is_none() {
        faults.add(unfit(key), &text.span);
    }
    value
}

fn database(root: &Table, folder: &Path, faults: &mut Faults) -> Option<Kept<DatabaseAddress>> {
    let here = parsed(root, "database", faults);
    let file = path(root, "database_file", folder, faults);
    if let (Some(_), Some(value)) = (root.get("database"), root.get("database_file")) {
        faults.add(
            FaultKind::Doubled("database", "database_file"),
            &value.span(),
        );
    }
    here.map(Kept::Here).or(file.map(Kept::InFile))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notices::settings::Encryption;

    fn faults_of(text: &str) -> Vec<String> {
        let faults = read(text, Path::new("/etc/kairan")).expect_err("has faults");
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_whole_file_is_understood() {
        let text = r#"
            data = "/var/lib/kairan"
            catalogue = "services.toml"
            listen = "127.0.0.1:8080"
            database = "postgres://kairan@db.example/kairan"
            days = "s3://bucket/folder"
            plain_http = true
            trusted_proxies = ["10.0.0.0/8", "::1/128", "192.0.2.7"]
            keys_dir = "keys"
        "#;
        let given = read(text, Path::new("/etc/kairan")).expect("no faults");
        assert_eq!(given.data, Some("/var/lib/kairan".into()));
        // What lies beside the file is named as one sees it from there.
        assert_eq!(given.catalogue, Some("/etc/kairan/services.toml".into()));
        assert_eq!(given.keys_dir, Some("/etc/kairan/keys".into()));
        assert_eq!(given.plain_http, Some(true));
        assert_eq!(given.trusted_proxies.map(|it| it.len()), Some(3));
        assert_eq!(read("", Path::new("")), Ok(Given::default()));
    }

    #[test]
    fn every_fault_is_told_with_its_line_and_how_to_mend_it() {
        let text = "data = 4\nlisten = \"8080\"\ntrusted_proxy = []\ntrusted_proxies = [\"10.0.0.0/99\"]\n\
                    database = \"mysql://a:geheim@b/c\"\nplain_http = \"yes\"\ndays = \"\"\n";
        let told = faults_of(text);
        for (line, expected) in [
            "1:8: `data` has the wrong form — write a text in quotes",
            "2:10: `listen` has a value that it cannot have — write an address and a port, such as \"127.0.0.1:8080\"",
            "3:1: the key `trusted_proxy` is not known here — did you mean `trusted_proxies`?",
            "4:20: `trusted_proxies` has a value that it cannot have — write networks",
            "5:12: `database` has a value that it cannot have — write \"postgres://USER@HOST/NAME\"",
            "6:14: `plain_http` has the wrong form — write yes or no without quotes: plain_http = true",
            "7:8: `days` is empty",
        ]
        .iter()
        .enumerate()
        {
            assert!(told[line].starts_with(expected), "{told:#?}");
        }
        assert_eq!(told.len(), 7, "{told:#?}");
        assert!(!told.concat().contains("geheim"));
    }

    #[test]
    fn what_is_no_toml_is_told_where_it_stands() {
        let told = faults_of("data = \"/srv\"\nlisten = \n");
        assert!(told[0].starts_with("2:10: this is not TOML"), "{told:#?}");
    }

    #[test]
    fn the_environment_has_a_name_for_every_key() {
        let named: Vec<&str> = crate::app::settings::environment::KEYS
            .map(|key| key.name)
            .to_vec();
        // A table stands in the file only.
        let keys: Vec<&str> = KNOWN
            .iter()
            .copied()
            .filter(|it| !["mail", "staff", "connections"].contains(it))
            .collect();
        assert_eq!(named, keys);
    }

    #[test]
    fn a_database_is_named_once() {
        let told = faults_of("database = \"postgres://a/b\"\ndatabase_file = \"secret\"\n");
        assert!(
            told[0].starts_with("2:17: `database` and `database_file` say the same"),
            "{told:#?}"
        );
    }

    #[test]
    fn staff_are_told_as_the_tables_say() {
        let text = r#"
            [mail]
            server = "smtp.hidamari.example"
            from = "kairan@hidamari.example"
            user = "kairan"
            password_file = "smtp-password"
            [staff]
            mail = ["bousai@hidamari.example"]
            webhooks = ["https://chat.hidamari.example/hooks/x"]
            console = "https://kairan.hidamari.example"
        "#;
        let given = read(text, Path::new("/etc/kairan")).expect("no faults");
        let mail = given.mail.expect("is there");
        assert_eq!((mail.port, mail.encryption), (587, Encryption::StartTls));
        let password = Kept::InFile("/etc/kairan/smtp-password".into());
        assert_eq!(mail.login, Some(("kairan".to_owned(), password)));
        assert_eq!(given.staff.map(|it| it.webhooks.len()), Some(1));
        for (text, told) in [
            ("[mail]\nserver = \"x\"\n", "`from`"),
            (
                "[mail]\nserver = \"x\"\nfrom = \"kairan\"\n",
                "write a mail address",
            ),
            (
                "[mail]\nserver = \"x\"\nfrom = \"a@b.example\"\ntls = \"none\"\nuser = \"u\"\npassword_file = \"p\"\n",
                "a password does not go in the clear",
            ),
            (
                "[mail]\nserver = \"x\"\nfrom = \"a@b.example\"\nuser = \"u\"\n",
                "both user and password_file",
            ),
            ("[staff]\nwebhooks = [\"ftp://x\"]\n", "begin with https://"),
            ("staff = 4\n", "[staff]"),
        ] {
            let faults = faults_of(text);
            assert!(faults[0].contains(told), "{told}: {faults:#?}");
        }
    }
}
