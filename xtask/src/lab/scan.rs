//! `cargo xtask lab scan`: postern's verdict on every server of the lab, and what left the scanner.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use super::{
    addresses,
    capture::{Capture, Mark},
    errand::{self, Errand, Suspect},
    link,
    plan::{NEAR, OUT_OF_SCOPE, RESOLVER},
    servers::{self, SERVERS, Server},
};
use crate::{
    failure::{Failure, Result},
    finding::Finding,
};

/// Which servers are scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Those that put nobody off.
    Ordinary,
    /// All: a greylisted one is waited for.
    Long,
}

impl Extent {
    /// The servers.
    pub(super) fn servers(self) -> impl Iterator<Item = &'static Server> {
        SERVERS
            .iter()
            .filter(move |server| self == Self::Long || !server.is_greylisted())
    }
}

/// What a scan of the whole lab showed.
#[derive(Default)]
pub(crate) struct Scanned {
    /// A line for each address.
    pub(crate) table: String,
    /// How many things held.
    pub(crate) held: u32,
    /// What did not hold.
    pub(crate) broken: Vec<String>,
}

/// Scans every address of the servers at full depth, with suspects in the list that lie outside the scope.
pub(crate) fn scan(extent: Extent) -> Result<Scanned> {
    let mut list = errand::suspects(extent.servers());
    list.extend(next_door());
    let errand = Errand::prepare(&NEAR, "scan", &list, "full")?;
    let capture_file = link::capture_file(&NEAR);
    let mark = Mark::now(&capture_file)?;
    let said = errand.scan("direct")?;
    let capture = mark.read(&capture_file)?;
    let findings = Finding::parse_all(&said.out)?;
    for finding in &findings {
        errand.keep_transcript(finding)?;
    }
    let mut scanned = Scanned::default();
    scanned.judge_findings(extent, &findings);
    scanned.judge_capture(&capture);
    writeln!(scanned.table, "transcripts: {}", errand.folder().display())
        .expect("strings take everything");
    Ok(scanned)
}

/// Every address of the servers that are as their packages make them, and some that the scope does not
/// allow.
pub(crate) fn suspects() -> Vec<Suspect> {
    let mut suspects = errand::suspects(servers::as_shipped());
    suspects.extend(next_door());
    suspects
}

/// What no scan may touch, though a list names it.
pub(super) fn next_door() -> impl Iterator<Item = Suspect> {
    outside_the_scope().into_iter().map(|address| Suspect {
        address: address.to_string(),
        domain: String::new(),
    })
}

/// The address next door in its four disguises.
pub(crate) fn outside_the_scope() -> [IpAddr; 4] {
    let [a, b, c, d] = OUT_OF_SCOPE.octets();
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    [
        IpAddr::V4(OUT_OF_SCOPE),
        IpAddr::V6(OUT_OF_SCOPE.to_ipv6_mapped()),
        IpAddr::V6(Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1)),
        IpAddr::V6(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low)),
    ]
}

impl Scanned {
    /// A failure if anything did not hold.
    pub(crate) fn whole(&self) -> Result<()> {
        if self.broken.is_empty() {
            Ok(())
        } else {
            Err(Failure::new(format!(
                "{}{}",
                self.table,
                self.broken.join("\n")
            )))
        }
    }

    /// Takes in what another scan showed.
    pub(super) fn extend(&mut self, other: Self) {
        self.table.push_str(&other.table);
        self.held += other.held;
        self.broken.extend(other.broken);
    }

    fn judge_findings(&mut self, extent: Extent, findings: &[Finding]) {
        for server in extent.servers() {
            for address in addresses(server) {
                let Some(finding) = findings.iter().rfind(|finding| finding.address == address)
                else {
                    self.check(false, format!("{} at {address}: no finding", server.name));
                    continue;
                };
                let outcomes = count(&finding.outcomes);
                writeln!(
                    self.table,
                    "{:<17} {:<16} {:<12} {:<18} {outcomes}",
                    server.name,
                    address.to_string(),
                    finding.verdict,
                    finding.reason
                )
                .expect("strings take everything");
                let found = format!("{} {}", finding.verdict, finding.reason);
                self.check(
                    found == server.asked,
                    format!(
                        "{} at {address}: expected {}, found {found}",
                        server.name, server.asked
                    ),
                );
                self.check(
                    !finding.outcomes.is_empty() && !finding.reason.is_empty(),
                    format!("{} at {address}: forms or reason are missing", server.name),
                );
                let unanswered = finding
                    .outcomes
                    .iter()
                    .filter(|outcome| is_unanswered(outcome));
                let unanswered = unanswered.count();
                self.check(
                    unanswered == 0,
                    format!(
                        "{} at {address}: {unanswered} forms have no answer",
                        server.name
                    ),
                );
            }
        }
        for finding in findings {
            self.check(
                is_server(finding.address),
                format!("a finding about {}, which is not in scope", finding.address),
            );
        }
    }

    fn judge_capture(&mut self, capture: &Capture) {
        for address in outside_the_scope() {
            let packets = capture.packets_with(address);
            self.check(
                packets == 0,
                format!("{packets} packets with {address}, out of scope"),
            );
        }
        let mine = [IpAddr::V4(NEAR.ipv4), IpAddr::V6(NEAR.ipv6)];
        let destinations = capture.destinations_of(&mine);
        self.check(
            !destinations.is_empty(),
            "the capture holds no packet of ours".to_owned(),
        );
        for address in destinations {
            let allowed =
                address == IpAddr::V4(RESOLVER) || is_server(address) || is_next_hop(address);
            self.check(allowed, format!("a packet went to {address}"));
        }
    }

    pub(super) fn check(&mut self, held: bool, otherwise: String) {
        if held {
            self.held += 1;
        } else {
            self.broken.push(otherwise);
        }
    }
}

/// Whether a server of the lab is there.
pub(crate) fn is_server(address: IpAddr) -> bool {
    SERVERS
        .iter()
        .any(|server| addresses(server).contains(&address))
}

/// Talk on the link itself: multicast listener reports and the like.
pub(crate) fn is_next_hop(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_multicast() || address == Ipv4Addr::BROADCAST,
        IpAddr::V6(address) => address.is_multicast(),
    }
}

/// At full depth, on servers that answer everything, no form may end so. T21 may be too long: its twin
/// names nonce and server beside a token.
fn is_unanswered(outcome: &str) -> bool {
    ["not-reached", "cut-off"].contains(&outcome)
}

fn count(outcomes: &[String]) -> String {
    let mut counts = BTreeMap::new();
    for outcome in outcomes {
        *counts.entry(outcome.as_str()).or_insert(0_u32) += 1;
    }
    let counts: Vec<_> = counts
        .into_iter()
        .map(|(outcome, count)| format!("{count} {outcome}"))
        .collect();
    counts.join(", ")
}
