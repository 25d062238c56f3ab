//! For each kind of frame, one that may leave and those that may not; and the same by an oracle
//! that reads frames on its own.

pub(crate) mod frames;
pub(crate) mod oracle;
pub(crate) mod scope;
mod table;
