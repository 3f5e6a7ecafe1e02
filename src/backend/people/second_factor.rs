//! The second factor: six digits from an authenticator, each code once (RFC 6238).

use totp_rs::{Builder, Secret, Totp};

/// The name under which an authenticator keeps it.
const ISSUER: &str = "Kairan";

/// A new secret in Base32.
pub fn new_secret() -> String {
    Secret::generate().to_base32()
}

/// The 30-second step to which a code belongs; none if it belongs to none near `now`, seconds since 1970.
pub fn step_of(code: &str, secret: &str, now: u64) -> Option<u64> {
    let digits: String = code.chars().filter(|it| !it.is_whitespace()).collect();
    totp(secret, "")?.check(&digits, now)
}

/// What an authenticator reads from the picture.
pub fn address(secret: &str, name: &str) -> Option<String> {
    totp(secret, name)?.to_url().ok()
}

fn totp(secret: &str, name: &str) -> Option<Totp> {
    // A colon parts issuer and name in an authenticator.
    let name = name.replace(':', " ");
    Builder::new()
        .with_secret(Secret::try_from_base32(secret).ok()?)
        .with_issuer(Some(ISSUER))
        .with_account_name(name)
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, for SHA-1, of which an authenticator shows the last six digits.
        let secret = Secret::from("12345678901234567890".as_bytes()).to_base32();
        for (now, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(step_of(code, &secret, now), Some(now / 30));
            // A clock may be half a minute off, and not more.
            assert_eq!(step_of(code, &secret, now + 30), Some(now / 30));
            assert_eq!(step_of(code, &secret, now + 90), None);
        }
        assert_eq!(step_of("287 082", &secret, 59), Some(1));
        assert_eq!(step_of("", &secret, 59), None);
        assert!(
            address(&secret, "山田:花子").is_some_and(|it| it.starts_with("otpauth://totp/Kairan"))
        );
    }
}
