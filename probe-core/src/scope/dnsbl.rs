//! What a scope says about block lists.

use serde::{Deserialize, Serialize};

use crate::dnsbl::{ZONES_MAX, Zone};

/// Which block lists may be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsblScope {
    /// The lists: none goes without saying.
    pub zones: heapless::Vec<Zone, ZONES_MAX, u8>,
    /// The least time between two questions, in milliseconds.
    pub spacing_ms: u16,
}
