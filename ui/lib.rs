//! The tablet's face in Slint, and nothing else: it shows properties and calls back.
//!
//! `tablet.slint` is the window, `api.slint` says what it shows and what it asks for. Beside the
//! generated types this crate gives the icons that a tile may name.

mod face {
    slint::include_modules!();
}

pub use face::*;

/// Every icon by name, as SVG.
const ICONS: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/icons.rs"));

thread_local! {
    /// Images live on the thread of the window, so they are decoded once for it.
    static DECODED: std::cell::RefCell<std::collections::HashMap<&'static str, slint::Image>> =
        std::cell::RefCell::default();
}

/// The icon called `name`, or `None` if this face does not carry it.
pub fn icon(name: &str) -> Option<slint::Image> {
    let index = ICONS.binary_search_by_key(&name, |(known, _)| known).ok()?;
    let (name, svg) = ICONS[index];
    DECODED.with_borrow_mut(|decoded| {
        if let Some(image) = decoded.get(name) {
            return Some(image.clone());
        }
        let image = slint::Image::load_from_svg_data(svg).ok()?;
        decoded.insert(name, image.clone());
        Some(image)
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_icon_can_be_drawn() {
        for (name, _) in super::ICONS {
            assert!(super::icon(name).is_some(), "{name}");
        }
        assert!(super::icon("no-such-icon").is_none());
    }
}
