//! Which tiles somebody may see and change: all, or those of one provider. Pure.

use std::collections::BTreeMap;

use kairan_contract::ProviderId;
use url::{Origin, Url};

use super::content::plain;
use crate::pages::{
    PageError, Right, SignedIn,
    rights::{EditOwnTiles, EditTiles, Either},
};
use kairan_catalogue::edit::{Part, Typed, settings_of};

/// Settings of a content that a provider may change. Of its address only what follows the host; all others name
/// something of the council's or on its server, and stay as they are.
const FREE: [&str; 9] = [
    "columns",
    "every_minutes",
    "exclude",
    "gives",
    "include",
    "map",
    "near",
    "stop",
    "to",
];

/// The tiles that somebody may see and change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The whole catalogue.
    All,
    /// The tiles of one provider, and nothing else.
    Of(ProviderId),
}

/// What lets somebody see and change all tiles, or their own.
pub type EditSomeTiles = Either<EditTiles, EditOwnTiles>;

impl Scope {
    /// Of somebody who is signed in.
    pub fn of(signed_in: &SignedIn) -> Result<Self, PageError> {
        let person = &signed_in.person;
        if person.role.may(Right::EditTiles) {
            return Ok(Self::All);
        }
        let own = person
            .provider
            .clone()
            .filter(|_| person.role.may(Right::EditOwnTiles));
        own.map(Self::Of).ok_or(PageError::NotAllowed)
    }

    /// Whether it is the whole catalogue.
    pub fn is_all(&self) -> bool {
        *self == Self::All
    }

    /// Whether one of a part lies in it.
    pub fn holds(&self, part: Part, entry: &Typed) -> bool {
        match self {
            Self::All => true,
            Self::Of(provider) => {
                let of = entry.get("provider").map(String::as_str);
                part == Part::Tile && of == Some(provider.as_str())
            }
        }
    }

    /// Whether one may be changed into another.
    pub fn lets(&self, part: Part, before: Option<&Typed>, after: &Typed) -> bool {
        if self.is_all() {
            return true;
        }
        let Some(before) = before else {
            return false;
        };
        self.holds(part, before)
            && self.holds(part, after)
            && before.get("id") == after.get("id")
            && lets_content(before, after)
    }
}

/// Whether a provider may change the content of one tile into that of another.
fn lets_content(before: &Typed, after: &Typed) -> bool {
    let settings = |tile: &Typed| {
        let content = tile.get("content").map_or("", String::as_str);
        settings_of(content.trim()).map(BTreeMap::from_iter)
    };
    let Ok(after) = settings(after) else {
        // What cannot be read cannot be kept or tried either: it comes back with the fault beside it.
        return true;
    };
    let Ok(before) = settings(before) else {
        return false;
    };
    let mut keys = before.keys().chain(after.keys());
    keys.all(|key| {
        let (was, is) = (before.get(key), after.get(key));
        was == is
            || FREE.contains(&key.as_str())
            || key == "url" && origin(was).is_some() && origin(was) == origin(is)
    })
}

/// Scheme, host and port of an address on the web, as the catalogue will understand the setting. An address with a name
/// before its host has none.
fn origin(setting: Option<&String>) -> Option<Origin> {
    let url = Url::parse(&plain(setting?)?).ok()?;
    let is_bare = url.username().is_empty() && url.password().is_none();
    Some(url.origin()).filter(|origin| is_bare && origin.is_tuple())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(provider: &str, content: &str) -> Typed {
        [
            ("id", "bread"),
            ("provider", provider),
            ("content", content),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into()
    }

    #[test]
    fn a_provider_changes_what_lies_on_the_host_that_the_council_has_allowed() {
        let before = "kind = \"feed\"\nurl = \"https://shop.example/feed.xml\"";
        for (after, is_allowed) in [
            (
                "kind = \"feed\"\nurl = \"https://shop.example/news.xml\"",
                true,
            ),
            (
                "kind = \"feed\"\nurl = \"https://shop.example/feed.xml\"\nexclude = [\"x\"]",
                true,
            ),
            ("kind = \"feed\"\nurl = 'https://shop.example/b'", true),
            (
                "kind = \"feed\"\nurl = \"https://shop.example:8443/feed.xml\"",
                false,
            ),
            (
                "kind = \"feed\"\nurl = \"http://shop.example/feed.xml\"",
                false,
            ),
            (
                "kind = \"feed\"\nurl = \"https://shop.example@127.0.0.1/feed.xml\"",
                false,
            ),
            (
                "kind = \"feed\"\nurl = \"https://shop.example\\u0040evil.example/feed.xml\"",
                false,
            ),
            (
                "kind = \"feed\"\nurl = \"https://user@shop.example/feed.xml\"",
                false,
            ),
            ("\u{3000}kind = \"page\"\nfile = \"secret.md\"", false),
            ("kind = \"feed", true),
            ("kind = \"feed\"\nurl = \"https://169.254.169.254/\"", false),
            ("kind = \"feed\"\nurl = \"file:///etc/passwd\"", false),
            ("kind = \"feed\"\nurl = \"secret.toml\"", false),
            ("kind = \"feed\"", false),
            ("kind = \"page\"\nfile = \"secret.md\"", false),
            (
                "kind = \"feed\"\nurl = \"https://shop.example/feed.xml\"\ntoken_file = \"token\"",
                false,
            ),
        ] {
            let shop = Scope::Of("shop".parse().expect("an id"));
            let (before, after_tile) = (tile("shop", before), tile("shop", after));
            assert_eq!(
                shop.lets(Part::Tile, Some(&before), &after_tile),
                is_allowed,
                "{after}"
            );
            assert!(!shop.lets(Part::Tile, None, &after_tile), "a new tile");
            assert!(
                !shop.lets(Part::Message, Some(&before), &after_tile),
                "a message"
            );
            assert!(Scope::All.lets(Part::Tile, Some(&before), &after_tile));
        }
    }

    #[test]
    fn a_file_beside_the_catalogue_stays_the_one_that_it_was() {
        let shop = Scope::Of("shop".parse().expect("an id"));
        let before = tile("shop", "kind = \"feed\"\nurl = \"bread.xml\"");
        let after = tile("shop", "kind = \"feed\"\nurl = \"other.xml\"");
        assert!(shop.lets(Part::Tile, Some(&before), &before));
        assert!(!shop.lets(Part::Tile, Some(&before), &after));
    }
}
