//! What residents see: every screen, on every tablet, in every size of letters.

mod check;
mod commands;
mod contrast;
mod elements;
mod every_screen;
mod golden;
mod measure;
mod monkey;
mod phrases;
mod spoken;
mod touch;
mod translations;
mod waking;
