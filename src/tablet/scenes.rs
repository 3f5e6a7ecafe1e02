//! Every screen of the tablet with the demonstration's content: what is drawn, looked at and tested.

use crate::screens::{SCREENS, scene::Scene};

/// Every scene of every screen, home first.
///
/// # Panics
/// If the content that is built in lacks a tile, which a test rules out.
pub fn scenes() -> Vec<Scene> {
    let screens = SCREENS.iter();
    let mut scenes: Vec<Scene> = screens.flat_map(|screen| screen.scenes()).collect();
    scenes.sort_by_key(|scene| scene.name != "home");
    scenes
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_screen_has_a_scene() {
        for screen in SCREENS {
            let scenes = screen.scenes();
            let mut shown = scenes.iter().map(|scene| scene.session.screen());
            assert!(shown.any(|it| it == screen.name()), "{}", screen.name());
        }
    }

    #[test]
    fn every_scene_has_a_name_of_its_own() {
        let scenes = scenes();
        let names: HashSet<&str> = scenes.iter().map(|scene| scene.name).collect();
        assert_eq!(names.len(), scenes.len());
    }
}
