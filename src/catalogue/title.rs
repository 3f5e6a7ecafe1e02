//! Whether a title fits its tile in the largest letters, measured with the letters' real widths.

use kairan_text::phrases;
use ttf_parser::Face;

/// The face in which tiles are named; the tablets carry the same file.
const BOLD: &[u8] = include_bytes!("../../assets/fonts/BIZUDPGothic-Bold.ttf");

/// The narrowest room for a name on any tablet, in widths of a full letter. The tablet's
/// `TileRoom` knows the same figure.
const WIDTH: f32 = 5.0;
/// The lines of a name.
const LINES: usize = 2;

/// Whether `title`, broken between its phrases only, fits two lines.
pub fn fits(title: &str) -> bool {
    let Ok(face) = Face::parse(BOLD, 0) else {
        return false;
    };
    let per_letter = f32::from(face.units_per_em());
    let width = |text: &str| -> f32 {
        text.chars()
            .map(|letter| {
                let advance = face
                    .glyph_index(letter)
                    .and_then(|glyph| face.glyph_hor_advance(glyph));
                advance.map_or(1.0, |advance| f32::from(advance) / per_letter)
            })
            .sum()
    };
    let mut lines = 1;
    let mut line = String::new();
    for phrase in phrases(title) {
        if width(phrase.trim_end()) > WIDTH {
            return false;
        }
        if width(format!("{line}{phrase}").trim_end()) > WIDTH {
            lines += 1;
            line.clear();
        }
        line.push_str(&phrase);
    }
    lines <= LINES
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_lines_of_about_five_letters_fit() {
        for title in [
            "市からのお知らせ",
            "天気",
            "健康と体操",
            "バスとお出かけ",
            "買い物をたのむ",
            "集まりと行事",
            "アンケート",
            "施設・病院・介護",
        ] {
            assert!(super::fits(title), "{title}");
        }
        for title in [
            "市役所からの大切なお知らせ一覧",
            "国民健康保険料納付",
            "Supercalifragilistic",
        ] {
            assert!(!super::fits(title), "{title}");
        }
    }
}
