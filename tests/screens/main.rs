//! What residents see: every screen, on every tablet, in every size of letters.

mod fits;
mod golden;
mod touch;
mod translations;
