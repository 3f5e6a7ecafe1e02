//! Why a text could not be changed.

/// Why a text could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum NotEdited {
    /// It is no TOML.
    #[error("the catalogue cannot be read: {0} — mend it in a text editor first")]
    Unreadable(String),
    /// The settings of the content are no TOML.
    #[error(
        "the settings of the content cannot be read — write one on each line, such as kind = \"feed\""
    )]
    Content,
    /// There is none with this id.
    #[error("it is not there any more")]
    Gone,
}

pub(super) fn unreadable(error: &toml_edit::TomlError) -> NotEdited {
    NotEdited::Unreadable(error.message().replace('\n', " "))
}
