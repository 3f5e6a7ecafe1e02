//! What is read aloud of a screen, in the order in which it stands there.

use std::ops::Range;

use crate::{
    machine::Machine,
    screens::{look, standing},
    session::Session,
    speech::Passage,
};

/// Everything on the screen that can be read. `tiles`: which of them stand on the page of home.
pub fn passages(
    session: &Session,
    tiles: Range<usize>,
    machine: &Machine,
    now: jiff::Timestamp,
) -> Vec<Passage> {
    standing(session).describe(&look(session, tiles, machine, now))
}
