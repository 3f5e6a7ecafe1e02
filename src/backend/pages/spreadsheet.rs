//! Tables for a spreadsheet.

/// The mark before a CSV, without which a spreadsheet in Japan reads other letters.
pub const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A text for a file that a spreadsheet reads: one that begins so would be taken for a formula.
pub fn plain_in_a_spreadsheet(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}
