//! Usage records in the database: taken in, folded into days and weeks, read as evidence, erased.

pub mod days;
pub mod erasures;
pub mod evidence;
pub mod records;
pub mod weeks;

pub use days::{ClosedDay, SummaryValue};
pub use records::{Intake, NotKept, Taken};
