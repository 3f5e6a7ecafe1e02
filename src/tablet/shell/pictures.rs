//! Pictures: decoded beside the window's thread, and let go when they are not on the screen.

use std::rc::Rc;

use kairan_contract::{Block, Sha256};
use slint::{Image, Rgba8Pixel, SharedPixelBuffer};

use super::tablet::Tablet;
use crate::{drawing::decode, session::Session};

/// Pictures that are held decoded: those of a long article.
const PICTURES: usize = 24;

impl Tablet {
    /// Fetches what the screen shows, and lets go what no screen shows now.
    pub(super) fn fetch_pictures(self: &Rc<Self>, session: &Session) {
        let mut wanted: Vec<Sha256> = Vec::new();
        if let Some((_, article)) = session.article() {
            wanted.extend(article.body.iter().filter_map(|block| match block {
                Block::Picture { picture } => Some(picture.sha256),
                _ => None,
            }));
        }
        if let Some((playing, programme)) = session.open_programme() {
            let step = playing.shown(programme);
            wanted.extend(step.and_then(|step| Some(step.picture.as_ref()?.sha256)));
        }
        if wanted.is_empty() {
            self.pictures.borrow_mut().clear();
        }
        for sha256 in wanted {
            self.fetch_picture(sha256);
        }
    }

    /// Decodes a picture beside the window's thread and shows the article again.
    fn fetch_picture(self: &Rc<Self>, sha256: Sha256) {
        if self.pictures.borrow().contains_key(&sha256) {
            return;
        }
        self.pictures
            .borrow_mut()
            .insert(sha256, Some(Image::default()));
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
        {
            let mut pictures = self.pictures.borrow_mut();
            if pictures.len() > PICTURES {
                pictures.retain(|known, _| *known == sha256);
            }
            pictures.insert(sha256, pixels.map(Image::from_rgba8));
        }
        self.show();
    }
}
