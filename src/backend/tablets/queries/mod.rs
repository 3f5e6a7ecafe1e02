//! Tablets in the database: codes and tokens, loans, what tablets say of themselves, and the stock.

pub mod erased;
pub mod evaluated;
pub mod fleet;
pub mod loans;
pub mod seen;
pub mod stock;
pub mod tablets;

pub use fleet::{LentTablet, NewLoan, Telling};
pub use stock::{Away, Label, NoLabel, Owned};
pub use tablets::{CODE_LIFE, CodeRefused, EnrolledTablet, NetworkTrust, Order, Standing};
