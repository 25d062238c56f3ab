//! Findings and scopes as they were stored, in the format of their time.

use std::net::SocketAddr;

use probe_core::{
    arrival::Arrival,
    evidence::{Evidence, RelayEvidence},
    finding::{Finding, JobSerial, Probe},
    frame::FORMAT,
    scope::{Depth, DnsblScope, ProxyScope, Scope},
    time::Instant,
    verdict::Verdict,
};
use serde::Deserialize;

/// The last format that knew no test messages.
const WITHOUT_PROOF: u8 = 1;
/// The last format that knew mail servers alone.
const RELAYS_ALONE: u8 = 2;

/// A finding as it was before devices tried the way to a sink elsewhere.
#[derive(Deserialize)]
struct WayUntried {
    boot: u32,
    number: u32,
    job: JobSerial,
    revision: u8,
    last: bool,
    target: SocketAddr,
    probe: Probe,
    depth: Depth,
    lab: bool,
    began: Instant,
    ended: Instant,
    rules: u16,
    verdict: Verdict,
    evidence: RelayEvidence,
    refusals: u8,
}

/// A finding. One without proof ends where that of the next format has no messages, nothing that came
/// back, and no refusals that were counted. One of a format that knew relays alone does not say of what
/// its evidence is, and nothing of the way.
pub(super) fn finding(format: u8, mut octets: Vec<u8>) -> Option<Finding> {
    match format {
        WITHOUT_PROOF => octets.extend([0; 5]),
        RELAYS_ALONE => {}
        FORMAT => return postcard::from_bytes(&octets).ok(),
        _ => return None,
    }
    let finding: WayUntried = postcard::from_bytes(&octets).ok()?;
    Some(Finding {
        boot: finding.boot,
        number: finding.number,
        job: finding.job,
        revision: finding.revision,
        last: finding.last,
        target: finding.target,
        probe: finding.probe,
        depth: finding.depth,
        lab: finding.lab,
        path_checked: false,
        began: finding.began,
        ended: finding.ended,
        rules: finding.rules,
        verdict: finding.verdict,
        evidence: Evidence::Relay(finding.evidence),
        refusals: finding.refusals,
    })
}

/// A scope. One without proof ends where that of the next format allows no delivery and names no port of
/// a sink; one of a format that knew relays alone, where today's has proxies and block lists.
pub(super) fn scope(format: u8, mut octets: Vec<u8>) -> Option<Scope> {
    match format {
        WITHOUT_PROOF => octets.extend([0; 4]),
        RELAYS_ALONE => {}
        FORMAT => return postcard::from_bytes(&octets).ok(),
        _ => return None,
    }
    let neither = (ProxyScope::default(), DnsblScope::default());
    octets.extend(super::write::octets_of(&neither).ok()?);
    postcard::from_bytes(&octets).ok()
}

/// An arrival; there was none before proof.
pub(super) fn arrival(format: u8, octets: &[u8]) -> Option<Arrival> {
    matches!(format, RELAYS_ALONE | FORMAT)
        .then(|| postcard::from_bytes(octets).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use probe_core::{
        finding::Probe,
        verdict::{Kind, Reason, judge},
    };

    use super::*;

    /// What stands before the comments, as octets.
    fn octets(text: &str) -> Vec<u8> {
        let words = text
            .lines()
            .flat_map(|line| line.split('#').next().unwrap().split_whitespace());
        words
            .map(|word| u8::from_str_radix(word, 16).unwrap())
            .collect()
    }

    #[test]
    fn findings_of_earlier_formats_are_read_and_judged_as_ever() {
        for (format, stored, refusals) in [
            (1, include_str!("formats/finding-1.hex"), 0),
            (2, include_str!("formats/finding-2.hex"), 9),
        ] {
            let finding = finding(format, octets(stored)).expect("a finding");
            assert_eq!(finding.target.to_string(), "192.0.2.7:25", "{format}");
            assert_eq!(finding.probe, Probe::Relay);
            assert_eq!(finding.refusals, refusals);
            let evidence = finding.evidence.relay().expect("of a relay");
            assert_eq!(
                evidence.host().map(|name| name.as_str()),
                Some("mail.example.org")
            );
            assert!(evidence.proof().is_empty());
            let verdict = judge(&finding.evidence);
            assert_eq!(
                (verdict.kind, verdict.reason),
                (Kind::Closed, Reason::RelayDenied)
            );
        }
    }

    #[test]
    fn scopes_of_earlier_formats_allow_what_they_allowed() {
        for (format, stored) in [
            (1, include_str!("formats/scope-1.hex")),
            (2, include_str!("formats/scope-2.hex")),
        ] {
            let scope = scope(format, octets(stored)).expect("a scope");
            assert_eq!(scope.ports, [25, 587], "{format}");
            assert_eq!(scope.networks.len(), 2);
            assert!(!scope.delivery.allowed && scope.sink_ports.is_empty());
            assert_eq!(scope.proxy, ProxyScope::default());
            assert_eq!(scope.dnsbl, DnsblScope::default());
        }
    }

    #[test]
    fn an_arrival_of_the_format_before_is_read() {
        let stored = octets(include_str!("formats/arrival-2.hex"));
        let arrival = arrival(2, &stored).expect("an arrival");
        assert_eq!(arrival.helo.as_str(), "out.example.org");
    }

    #[test]
    fn what_no_format_has_is_not_read() {
        let stored = octets(include_str!("formats/finding-2.hex"));
        for format in [0, FORMAT, FORMAT + 1] {
            assert_eq!(finding(format, stored.clone()), None, "{format}");
        }
        assert_eq!(finding(2, stored[..stored.len() - 1].to_vec()), None);
    }
}
