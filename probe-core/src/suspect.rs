//! A suspect: one line of the list, before anyone asked whether it may be probed.

use core::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::name::Name;

/// How many known domains of a suspect the core keeps.
pub const LISTED_NAMES_MAX: usize = 2;

/// One line of the list. It becomes a [`crate::target::Target`] only through
/// [`crate::scope::Scope::admit`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspect {
    /// The address as the list has it; may be one that embeds another.
    pub address: IpAddr,
    /// The TCP port, usually 25.
    pub port: u16,
    /// Domains that this server is known to serve.
    pub names: heapless::Vec<Name, LISTED_NAMES_MAX, u8>,
}
