//! Who may use the console: their accounts, how they sign in, and how often somebody may try.

pub mod pages;
mod password;
pub mod queries;
mod second_factor;
mod waiting;
