//! What staff are told by e-mail and webhook: that something waits, and where to look. One line says it, from any room:
//! `backend.notices.tell(&backend.store, &notice, right).await`. It is kept in the database before it is sent.

mod address;
mod mail;
mod not_sent;
pub mod queries;
mod sending;
pub mod settings;
mod webhook;
mod wording;

use jiff::Timestamp;
use uuid::Uuid;

use self::{
    queries::{Audience, Notice},
    settings::{MailSettings, StaffSettings},
};
use crate::{
    database::{Database, DatabaseError},
    pages::Right,
};

pub use address::checked;
pub use sending::Sender;
pub use wording::Wording;

/// Who is told, and how, as the settings say.
#[derive(Debug, Clone, Default)]
pub struct Notices {
    by_mail: bool,
    staff: StaffSettings,
}

impl Notices {
    /// As the settings say.
    pub fn of(mail: Option<&MailSettings>, staff: StaffSettings) -> Self {
        Self {
            by_mail: mail.is_some(),
            staff,
        }
    }

    /// Whoever may do this, and the addresses of the settings; but not this person.
    pub fn audience(&self, right: Right, but: Option<Uuid>) -> Audience {
        Audience {
            right,
            but,
            by_mail: self.by_mail,
            mail: self.staff.mail.iter().map(ToString::to_string).collect(),
            webhooks: self
                .staff
                .webhooks
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }

    /// Tells whoever may do this. What was told already is not told again.
    pub async fn tell(
        &self,
        store: &Database,
        notice: &Notice,
        right: Right,
    ) -> Result<(), DatabaseError> {
        let audience = self.audience(right, None);
        store.put_notice(notice, &audience, Timestamp::now()).await
    }
}
