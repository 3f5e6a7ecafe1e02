//! What tablets ask of this room: to be let in, and to be heard.

pub mod enrolment;
pub mod status;
pub mod wiping;
