//! The pages of tablets: those that are lent, the loans, and those that the council owns.

pub mod loans;
pub mod stock;
pub mod tablets;
