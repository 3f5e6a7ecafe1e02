//! Paths of the console.

/// Where somebody goes who wanted nothing else.
pub const HOME: &str = "/console";

/// A path of the console, and nothing that leads elsewhere.
pub fn path_of_ours(path: &str) -> &str {
    let is_ours = path == HOME || path.starts_with("/console/") || path.starts_with("/console?");
    let is_plain = path.len() < 500 && path.chars().all(|it| it.is_ascii_graphic() && it != '\\');
    if is_ours && is_plain { path } else { HOME }
}
