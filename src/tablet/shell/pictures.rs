//! Pictures: decoded beside the window's thread, and let go when they are not on the screen.

use std::rc::Rc;

use kairan_contract::Sha256;
use slint::{Image, Rgba8Pixel, SharedPixelBuffer};

use super::{picture_cache::on_screen, tablet::Tablet};
use crate::{drawing::decode, session::Session};

impl Tablet {
    /// Fetches what the screen shows, and lets go what no screen shows now.
    pub(super) fn fetch_pictures(self: &Rc<Self>, session: &Session) {
        let new = self.pictures.borrow_mut().request(&on_screen(session));
        for sha256 in new {
            self.fetch_picture(sha256);
        }
    }

    /// Decodes a picture beside the window's thread and shows the article again.
    fn fetch_picture(self: &Rc<Self>, sha256: Sha256) {
        let library = self.library.clone();
        let decoding = self
            .runtime
            .spawn_blocking(move || decode(&library.blob(sha256)?));
        let tablet = Rc::clone(self);
        let placed = slint::spawn_local(async move {
            tablet.place_picture(sha256, decoding.await.ok().flatten());
        });
        if let Err(error) = placed {
            tracing::warn!(%error, "a picture cannot be shown");
        }
    }

    fn place_picture(
        self: &Rc<Self>,
        sha256: Sha256,
        pixels: Option<SharedPixelBuffer<Rgba8Pixel>>,
    ) {
        let picture = pixels.map(Image::from_rgba8);
        self.pictures.borrow_mut().insert(sha256, picture);
        self.show();
    }
}
