//! What takes over the tablets' screens, put on the shelf in the order in which it was read.

use std::{sync::PoisonError, time::Duration};

use super::{Shelf, Urgency};
use crate::{content::told::Told, database::DatabaseError};

/// How long a reading may take: whoever reads next waits for it.
const READ_WITHIN: Duration = Duration::from_secs(10);

impl Shelf {
    /// Reads what takes over the tablets' screens, and puts it in the place of what did. Nobody else reads meanwhile: what
    /// was read first and put last would take back what somebody has just released.
    pub async fn renew_emergencies(
        &self,
        read: impl Future<Output = Result<Vec<Told>, DatabaseError>>,
    ) -> Result<(), DatabaseError> {
        let _alone = self.renewing.lock().await;
        let told = tokio::time::timeout(READ_WITHIN, read).await;
        let told = told.map_err(|_| DatabaseError::Silent)??;
        let mut stock = self.stock.write().unwrap_or_else(PoisonError::into_inner);
        if stock.emergencies != told {
            stock.emergencies = told;
            self.publish(&stock, Urgency::AtOnce);
        }
        Ok(())
    }
}
