//! Passwords: which are good enough, and how they are kept.

use std::fmt;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use kairan_contract::Language;
use kairan_text::tr;
use zxcvbn::Score;

/// The fewest letters, and the most: hashing the whole of a book would keep the server busy.
pub const SHORTEST: usize = 12;
const LONGEST: usize = 200;
/// What an estimate of guesses looks at: it takes longer than it should on more.
const ESTIMATED: usize = 100;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer letters than it takes.
    TooShort,
    /// More letters than are looked at.
    TooLong,
    /// One that many people use, or made of the name or of a row of keys.
    Common,
}

impl Weakness {
    /// What is wrong and how to mend it.
    pub fn in_words(self, language: Language) -> String {
        match self {
            Self::TooShort => tr!(
                language,
                "{shortest}文字より長くしてください。いくつかの言葉をつなげると覚えやすいです",
                shortest = SHORTEST
            ),
            Self::TooLong => tr!(
                language,
                "{longest}文字までにしてください",
                longest = LONGEST
            ),
            Self::Common => tr(
                language,
                "よく使われるパスワードに似ています。関係のない言葉をいくつかつなげてください",
            )
            .to_owned(),
        }
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words(Language::ENGLISH))
    }
}

impl std::error::Error for Weakness {}

/// Whether a password is good enough for the person of this name.
pub fn judge(password: &str, name: &str) -> Result<(), Weakness> {
    let letters = password.chars().count();
    if letters < SHORTEST {
        return Err(Weakness::TooShort);
    }
    if letters > LONGEST {
        return Err(Weakness::TooLong);
    }
    let name = name.trim().to_lowercase();
    if name.chars().count() > 3 && password.to_lowercase().contains(&name) {
        return Err(Weakness::Common);
    }
    let looked_at: String = password.chars().take(ESTIMATED).collect();
    let estimate = zxcvbn::zxcvbn(&looked_at, &[&name, "kairan", "tablet", "council"]);
    if estimate.score() < Score::Three {
        return Err(Weakness::Common);
    }
    Ok(())
}

/// The hash under which a password is kept. It takes some 20 ms and 19 MiB on purpose.
pub fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default()
        .hash_password(password.as_bytes())?
        .to_string())
}

/// Whether a password is the one that was kept so. Where nothing was kept, it takes as long to say no.
pub fn is_right(password: &str, kept: Option<&str>) -> bool {
    // The hash of nobody's password, made with the same cost.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    if password.chars().count() > LONGEST {
        return false;
    }
    let Ok(parsed) = PasswordHash::new(kept.unwrap_or(NOBODY)) else {
        return false;
    };
    let is_right = Argon2::default()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok();
    is_right && kept.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_and_what_many_people_use_does_not() {
        for (password, wanted) in [
            ("みじかい", Err(Weakness::TooShort)),
            ("password1234", Err(Weakness::Common)),
            ("111111111111", Err(Weakness::Common)),
            ("qwertyuiopasdf", Err(Weakness::Common)),
            ("yamada-hanako-yamada", Err(Weakness::Common)),
            ("umbrella ferry turnip", Ok(())),
            ("かさ と ふね と だいこん と つき", Ok(())),
        ] {
            assert_eq!(judge(password, "yamada-hanako"), wanted, "{password}");
        }
        assert_eq!(judge(&"あ い".repeat(100), "a"), Err(Weakness::TooLong));
    }

    #[test]
    fn only_the_right_password_is_right() {
        let kept = hash("umbrella ferry turnip").expect("hashes");
        assert!(kept.starts_with("$argon2id$"));
        assert!(is_right("umbrella ferry turnip", Some(&kept)));
        assert!(!is_right("umbrella ferry turnips", Some(&kept)));
        assert!(!is_right("umbrella ferry turnip", None));
    }
}
