//! Findings and scopes as they were stored, in the format of their time.

use probe_core::{arrival::Arrival, finding::Finding, frame::FORMAT, scope::Scope};

/// The last format that knew no test messages.
const WITHOUT_PROOF: u8 = 1;

/// A finding. One without proof ends where today's has no messages, nothing that came back, and no
/// refusals that were counted.
pub(super) fn finding(format: u8, mut octets: Vec<u8>) -> Option<Finding> {
    match format {
        WITHOUT_PROOF => octets.extend([0; 5]),
        FORMAT => {}
        _ => return None,
    }
    postcard::from_bytes(&octets).ok()
}

/// A scope. One without proof ends where today's allows no delivery and names no port of a sink.
pub(super) fn scope(format: u8, mut octets: Vec<u8>) -> Option<Scope> {
    match format {
        WITHOUT_PROOF => octets.extend([0; 4]),
        FORMAT => {}
        _ => return None,
    }
    postcard::from_bytes(&octets).ok()
}

/// An arrival; there was none before proof.
pub(super) fn arrival(format: u8, octets: &[u8]) -> Option<Arrival> {
    (format == FORMAT)
        .then(|| postcard::from_bytes(octets).ok())
        .flatten()
}
