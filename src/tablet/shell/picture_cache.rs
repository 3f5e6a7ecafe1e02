//! Pictures that are held decoded. Pure.

use std::collections::HashMap;

use kairan_contract::{Block, Sha256};
use slint::Image;

use crate::session::Session;

/// Pictures that are held: those of a long article.
const LIMIT: usize = 24;

/// Decoded pictures; none where one cannot be decoded, and an empty one while it is decoded.
#[derive(Default)]
pub(super) struct PictureCache(HashMap<Sha256, Option<Image>>);

impl PictureCache {
    /// What is shown in the place of a picture; none where it cannot be decoded.
    pub(super) fn shown(&self, sha256: Sha256) -> Option<Image> {
        let known = self.0.get(&sha256).cloned();
        known.unwrap_or(Some(Image::default()))
    }

    /// These are on the screen now. Says which of them are to be decoded; each is named once.
    pub(super) fn request(&mut self, on_screen: &[Sha256]) -> Vec<Sha256> {
        if on_screen.is_empty() {
            self.0.clear();
        }
        let mut new = Vec::new();
        for sha256 in on_screen {
            if !self.0.contains_key(sha256) {
                self.0.insert(*sha256, Some(Image::default()));
                new.push(*sha256);
            }
        }
        new
    }

    /// It is decoded, or cannot be.
    pub(super) fn insert(&mut self, sha256: Sha256, picture: Option<Image>) {
        if self.0.len() > LIMIT {
            self.0.retain(|known, _| *known == sha256);
        }
        self.0.insert(sha256, picture);
    }

    /// What could not be decoded is tried again.
    pub(super) fn forget_undecodable(&mut self) {
        self.0.retain(|_, picture| picture.is_some());
    }
}

/// The pictures on the screen.
pub(super) fn on_screen(session: &Session) -> Vec<Sha256> {
    let mut pictures: Vec<Sha256> = Vec::new();
    if let Some((_, article)) = session.article() {
        pictures.extend(article.body.iter().filter_map(|block| match block {
            Block::Picture { picture } => Some(picture.sha256),
            _ => None,
        }));
    }
    if let Some((playing, programme)) = session.open_programme() {
        let step = playing.shown(programme);
        pictures.extend(step.and_then(|step| Some(step.picture.as_ref()?.sha256)));
    }
    pictures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(number: usize) -> Sha256 {
        Sha256::of(&number.to_be_bytes())
    }

    #[test]
    fn each_picture_is_decoded_once_and_one_that_cannot_be_only_when_content_came_anew() {
        let mut pictures = PictureCache::default();
        assert_eq!(
            pictures.request(&[named(1), named(2), named(1)]),
            [named(1), named(2)]
        );
        assert_eq!(
            pictures.request(&[named(1), named(2)]),
            [],
            "they are under way"
        );
        pictures.insert(named(1), None);
        assert!(pictures.shown(named(1)).is_none());
        assert!(
            pictures.shown(named(2)).is_some(),
            "its place is kept empty"
        );
        assert_eq!(pictures.request(&[named(1)]), []);
        pictures.forget_undecodable();
        assert_eq!(pictures.request(&[named(1)]), [named(1)]);
    }

    #[test]
    fn what_no_screen_shows_is_let_go() {
        let mut pictures = PictureCache::default();
        pictures.request(&[named(1)]);
        pictures.request(&[]);
        assert_eq!(pictures.request(&[named(1)]), [named(1)]);
        let many: Vec<_> = (0..=LIMIT).map(named).collect();
        pictures.request(&many);
        pictures.insert(named(0), Some(Image::default()));
        assert_eq!(
            pictures.0.len(),
            1,
            "a long article is no reason to run out of memory"
        );
    }
}
