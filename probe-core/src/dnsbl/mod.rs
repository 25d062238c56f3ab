//! DNS block lists (RFC 5782): what a database says of an address, and whether it can be believed.
//!
//! [`zone`] has a list and what its codes mean, [`answer`] reads what it says, [`health`] remembers
//! whether it can be believed, and [`dialogue`] asks. docs/block-lists.md has it in words.

pub mod answer;
pub mod dialogue;
#[cfg(test)]
pub(crate) mod fixture;
pub mod health;
pub mod seen;
pub mod zone;

pub use self::{
    answer::{Answer, Asked, CODES_MAX, Codes, Unknown, Why},
    dialogue::{DNSBL_DIALOGUE_OCTETS_MAX, DnsblDialogue, Setup},
    health::{HEALTH_KEPT, HEALTH_RETRIED_AFTER, Healths},
    seen::Seen,
    zone::{ERRORS_MAX, Meaning, OCCASIONS_MAX, ZONES_MAX, Zone},
};
