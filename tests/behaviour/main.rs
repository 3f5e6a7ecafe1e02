//! What residents, operators and helpers are promised, tried on the real programs.

mod attacks;
mod browser;
mod catalogue;
mod console;
mod desk;
mod emergencies;
mod evaluation;
mod fetching;
mod hostile;
mod journey;
mod kills;
mod planning;
mod providers;
mod requests;
mod samples;
mod store;
mod timetable;
mod trouble;
mod trying;
mod usage_table;
mod walks;
mod wiping;
