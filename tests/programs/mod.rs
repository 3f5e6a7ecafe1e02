//! `kairan` and `kairan-tablet` as processes that can be touched, stopped and killed.

mod backend;
mod process;
mod tablet;

pub use backend::Backend;
pub use process::{gather, program, terminate};
pub use tablet::Tablet;
