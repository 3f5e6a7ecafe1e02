//! What tablets fetch: the manifest, the blobs, and the stream that tells of changes.

pub mod changes;
pub mod delivery;
