//! Usage records: what the tablet writes down, in types that cannot hold anything personal.

mod event;
mod record;
mod vocabulary;

pub use event::Event;
pub use record::{Record, WireRecord};
pub use vocabulary::{
    EndCause, LeaveHow, Mood, OpenedFrom, StartCause, TextSize, TouchIgnored, VisitHow,
};
