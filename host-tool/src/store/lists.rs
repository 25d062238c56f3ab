//! The block lists of a scan.

use std::{collections::BTreeMap, net::Ipv4Addr};

use probe_core::name::Name;

use crate::lists::Claim;

/// A block list of a scope, as the host knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeList {
    /// Where it is asked.
    pub zone: Name,
    /// What it is called: its zone, where it is not known.
    pub name: String,
    /// What its codes say about an address.
    pub codes: BTreeMap<u8, Claim>,
    /// Whether what it says may be repeated to others.
    pub may_be_quoted: bool,
    /// What is agreed with whoever runs it.
    pub agreement: Option<String>,
}

impl ScopeList {
    /// What an answer of the list says about an address. What it does not name is no occasion.
    pub fn claim(&self, answer: Ipv4Addr) -> Claim {
        let [a, b, c, code] = answer.octets();
        let named = self.codes.get(&code).filter(|_| [a, b, c] == [127, 0, 0]);
        named.copied().unwrap_or(Claim::Other)
    }
}
