//! Whether our own names and addresses are in order, before anybody is probed.
//!
//! Servers look at who asks: does the name in EHLO belong to the address, may the address send for the
//! sender's domain, does the recipient's domain take mail? Where one of these is wrong, an open server
//! refuses us for that and looks closed. And where the sink cannot be reached from here, nothing can
//! come back. So it is asked before, of the scope's resolver and of the sink, and of nobody else.

mod ask;
mod checks;
mod network;
mod sources;
mod spf;
#[cfg(test)]
mod tests;
pub mod way;

use std::net::{IpAddr, SocketAddr};

use probe_core::scope::Identity;

pub use ask::{Answer, Ask, Record, Visit};
pub use network::{Network, NotUsable};
pub use sources::{Sources, sources};

/// What is checked.
#[derive(Clone, Debug)]
pub struct Site<'a> {
    /// Who we say that we are.
    pub identity: &'a Identity,
    /// Whoever probes is the sink as well.
    pub is_the_sink: bool,
    /// The addresses that others see us come from.
    pub sources: Sources,
}

/// The checks, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The name in EHLO leads to our address, and our address to it.
    Helo,
    /// Mail to the sink's domain goes to the sink.
    SinkMx,
    /// The sender's domain lets our address send (RFC 7208).
    SenderSpf,
    /// The sink can be reached, and it is ours.
    SinkPath,
}

impl Kind {
    /// The word in `--json` and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Helo => "helo",
            Self::SinkMx => "sink-mx",
            Self::SenderSpf => "sender-spf",
            Self::SinkPath => "sink-path",
        }
    }
}

/// What came of a check; the later the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It is in order.
    Passed,
    /// It does not apply.
    NotNeeded,
    /// It could not be made: nobody knows.
    NotMade,
    /// It is not in order.
    Failed,
}

impl Outcome {
    /// The word in `--json` and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::NotNeeded => "not-needed",
            Self::NotMade => "not-made",
            Self::Failed => "failed",
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub kind: Kind,
    /// What came of it.
    pub outcome: Outcome,
    /// What was asked.
    pub asked: String,
    /// What came.
    pub came: String,
    /// What to do about it, in a sentence.
    pub next: Option<String>,
}

/// Makes every check.
pub async fn check(site: &Site<'_>, ask: &mut impl Ask) -> Vec<Check> {
    let helo = checks::helo(site, ask).await;
    let (sink_mx, exchange) = checks::sink_mx(site, ask).await;
    let sender_spf = checks::sender_spf(site, ask).await;
    let sink = site.identity.sink_address.or(exchange);
    let sink_path = checks::sink_path(site, ask, sink).await;
    vec![helo, sink_mx, sender_spf, sink_path]
}

/// The checks where nobody may be asked, for this reason.
pub fn not_made(why: &str, next: &str) -> Vec<Check> {
    let kinds = [Kind::Helo, Kind::SinkMx, Kind::SenderSpf, Kind::SinkPath];
    let check = |kind| Check {
        kind,
        outcome: Outcome::NotMade,
        asked: String::new(),
        came: why.to_owned(),
        next: Some(next.to_owned()),
    };
    kinds.map(check).to_vec()
}

/// The worst outcome.
pub fn worst(checks: &[Check]) -> Outcome {
    let outcomes = checks.iter().map(|check| check.outcome);
    outcomes.max().unwrap_or(Outcome::Passed)
}

/// An endpoint of the sink.
const fn sink_endpoint(address: IpAddr) -> SocketAddr {
    SocketAddr::new(address, probe_core::path_check::SINK_PORT)
}
