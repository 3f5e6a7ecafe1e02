//! The indicators, each a pure function of the evidence. What a figure means stands above its function,
//! and is printed beside it in every report.

mod adoption;
mod days;
mod ease;
mod quality;
mod questionnaire;
mod services;

pub use adoption::{Funnel, Week, funnel, retention, weeks};
pub use days::{Loans, monday_of};
pub use ease::{Ease, FormStep, Warned, ease, forms, text_sizes, warnings};
pub use quality::{Quality, quality};
pub use questionnaire::{Question, questionnaire, system_usability};
pub use services::{Use, active_loan_weeks, kind_in_words, provider_kinds, services};
