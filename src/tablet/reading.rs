//! What stands on a window in words, and its controls, read off the tree that Slint keeps for screen readers.

use i_slint_core::{
    accessibility::{AccessibilityAction, AccessibleStringProperty, accessible_descendents},
    items::{AccessibleRole, ItemRc},
    lengths::LogicalRect,
    window::WindowInner,
};
use kairan_contract::OnScreen;
use slint::Window;

/// What is in sight, in the order of reading. A control that cannot be touched now is left out.
pub fn in_sight(window: &Window) -> Vec<OnScreen> {
    found(window).into_iter().map(|it| it.what).collect()
}

/// Does what a tap on one of the controls in sight does, counted as [`in_sight`] lists them. `false` if there are fewer.
pub fn tap(window: &Window, number: usize) -> bool {
    let mut controls = found(window)
        .into_iter()
        .filter(|it| matches!(it.what, OnScreen::Control(..)));
    let control = controls.nth(number);
    if let Some(control) = &control {
        control
            .item
            .accessible_action(&AccessibilityAction::Default);
    }
    control.is_some()
}

/// Something on the screen, with the place that it takes.
struct Found {
    what: OnScreen,
    item: ItemRc,
    place: LogicalRect,
}

fn found(window: &Window) -> Vec<Found> {
    let window = WindowInner::from_pub(window);
    // What a screen has begun to show since it was last drawn is made only when somebody looks.
    window.ensure_tree_instantiated();
    let mut found = Vec::new();
    descend(&ItemRc::new_root(window.component()), &mut found);
    with_their_words(found)
}

fn descend(above: &ItemRc, found: &mut Vec<Found>) {
    for item in accessible_descendents(above) {
        if !item.is_visible() {
            continue;
        }
        let label = item
            .accessible_string_property(AccessibleStringProperty::Label)
            .filter(|label| !label.is_empty());
        let what = match item.accessible_role() {
            AccessibleRole::Button if is_enabled(&item) => {
                let name = label.unwrap_or_default();
                Some(OnScreen::Control(name.to_string(), Vec::new()))
            }
            AccessibleRole::Button => None,
            AccessibleRole::Text => label.map(|it| OnScreen::Words(it.to_string())),
            _ => {
                descend(&item, found);
                None
            }
        };
        if let Some(what) = what {
            let (at, size) = (item.geometry().origin, item.geometry().size);
            let place = LogicalRect::new(item.map_to_window(at), size);
            found.push(Found { what, item, place });
        }
    }
}

fn is_enabled(item: &ItemRc) -> bool {
    let enabled = item.accessible_string_property(AccessibleStringProperty::Enabled);
    enabled.is_none_or(|it| it != "false")
}

/// Words that lie on a control are told with it: on the glass a control is laid over what it is of.
fn with_their_words(found: Vec<Found>) -> Vec<Found> {
    let (mut told, mut words) = (Vec::new(), Vec::new());
    for it in found {
        match &it.what {
            OnScreen::Control(..) => told.push(it),
            OnScreen::Words(_) => words.push((told.len(), it)),
        }
    }
    // From behind, so that the places counted before stay what they are.
    for (at, it) in words.into_iter().rev() {
        let middle = it.place.center();
        let under = told.iter_mut().find_map(|over| match &mut over.what {
            OnScreen::Control(name, more) if over.place.contains(middle) => Some((name, more)),
            _ => None,
        });
        match (&it.what, under) {
            (OnScreen::Words(words), Some((name, more))) => {
                if words != name {
                    more.insert(0, words.clone());
                }
            }
            _ => told.insert(at, it),
        }
    }
    told
}
