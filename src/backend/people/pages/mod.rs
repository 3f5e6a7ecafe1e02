//! The pages of people: signing in, one's own account, and everybody's.

pub mod me;
pub mod people;
pub mod sign_in;
