//! Why a notice was not sent.

/// Why a notice was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// Nobody answers there.
    #[error("unreachable")]
    Unreachable,
    /// It was answered with no.
    #[error("refused")]
    Refused,
    /// It lies in a private network, and nobody has allowed that.
    #[error("forbidden")]
    Forbidden,
    /// The address is none.
    #[error("address")]
    Address,
    /// The settings know no mail server any more.
    #[error("no mail server")]
    NoMailServer,
}
