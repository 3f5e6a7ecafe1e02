//! What residents, operators and helpers are promised, tried on the real programs.

mod attacks;
mod browser;
mod catalogue;
mod desk;
mod emergencies;
mod evaluation;
mod evaluators;
mod fetching;
mod hostile;
mod journey;
mod kills;
mod lending;
mod people;
mod planning;
mod providers;
mod requests;
mod rights;
mod samples;
mod store;
mod tiles;
mod timetable;
mod trouble;
mod trying;
mod usage_table;
mod walks;
mod wiping;
