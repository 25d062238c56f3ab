//! The schedule: which target is next, and how hard.

/// A parked job's own state: where its dialogue stood. At most 64 octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parked(pub [u8; 64]);
