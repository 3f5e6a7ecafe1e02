//! People in the database: their accounts, how often somebody tried in vain, and from where they came in lately.

pub mod attempts;
pub mod people;
pub mod places;

pub use attempts::{
    KeptWaiting, Wait, account_subject, own_password_subject, second_factor_subject,
};
pub use people::Secrets;
