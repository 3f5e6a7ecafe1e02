//! Addresses of mail, as people write them.

use lettre::Address;

/// Letters of an address.
const ADDRESS_LIMIT: usize = 254;

/// An address that somebody wrote, if mail can be sent to it.
pub fn checked(text: &str) -> Option<Address> {
    let text = text.trim();
    let address: Address = text.parse().ok()?;
    let is_plain = text.is_ascii() && !text.contains(['"', '[']);
    (text.len() <= ADDRESS_LIMIT && is_plain && address.domain().contains('.')).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_mail_can_be_sent_to() {
        for good in ["hana@hidamari.example", " a.b+c@city.hidamari.lg.example "] {
            assert!(checked(good).is_some(), "{good}");
        }
        let long = format!("{}@hidamari.example", "a".repeat(250));
        for bad in [
            "",
            "hana",
            "hana@",
            "@hidamari.example",
            "hana@localhost",
            "hana@[127.0.0.1]",
            "a@b.example\r\nBcc: c@d.example",
            "a@b.example, c@d.example",
            "花@hidamari.example",
            "\"a b\"@hidamari.example",
            &long,
        ] {
            assert!(checked(bad).is_none(), "{bad}");
        }
    }
}
