//! What a dialogue with block lists reports while it runs.

use super::{answer::Unknown, zone::Zone};
use crate::{dns::Report, evidence::Finish};

/// An observation; [`crate::evidence::DnsblEvidence::record`] folds it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// The dialogue begins.
    Began {
        /// None of these has been asked. Everything else tells them by their places.
        zones: &'a [Zone],
        /// Hours since the scope was issued.
        hours: u16,
    },
    /// The zone in this place lists no IPv6 addresses, and the target has one.
    NoIpv6(u8),
    /// The zone cannot be believed, or was not the last time that it was checked.
    Unhealthy {
        /// Its place.
        place: u8,
        /// Why.
        unknown: Unknown,
    },
    /// What it says of the target's address.
    Answered {
        /// Its place.
        place: u8,
        /// The zone.
        zone: &'a Zone,
        /// What the lookup of A records left behind.
        report: &'a Report,
    },
    /// Why it lists that.
    Explained {
        /// Its place.
        place: u8,
        /// What the lookup of TXT records left behind.
        report: &'a Report,
    },
    /// The dialogue is over.
    Finished(Finish),
}
