//! What the tests share: an environment in virtual time whose peers play from a script, and a
//! log that reads as a dialogue.

mod env;
mod peer;
mod recital;
mod scope;

pub(crate) use env::Stage;
pub(crate) use peer::{Peer, Step};
pub(crate) use recital::{Move, Recital};
pub(crate) use scope::{PROVING, scope};
