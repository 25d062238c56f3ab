//! Dead targets: many neighbours where nobody answers are one record.
//!
//! A scan of whole networks meets little else. Each of them has a job and a verdict as any other
//! target; what they have in common is told once, and [`DeadRange::findings`] gives each its own.

use core::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::{
    dialogue::OpenFailure,
    evidence::{Ending, Evidence, Finish, Observation, ProxyEvidence, RelayEvidence},
    finding::{Finding, JobSerial, Probe, RecordId},
    relay::{Hello, Outcomes},
    scope::Depth,
    time::Instant,
    verdict::judge,
};

/// How many targets one record holds.
pub const DEAD_RANGE_TARGETS_MAX: u16 = 256;

/// Why nothing could be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DeadBy {
    /// Nobody answered, or there is no way to the address.
    NoAnswer,
    /// The port is closed.
    Refused,
}

impl DeadBy {
    /// What the evidence of a dead target says: that the only connection never came, and nothing
    /// else. `None` where there is more to tell.
    pub fn of(evidence: &Evidence) -> Option<Self> {
        match evidence {
            Evidence::Relay(relay) => Self::of_relay(relay),
            Evidence::Proxy(proxy) => proxy.dead_by(),
            Evidence::Dnsbl(_) => None,
        }
    }

    fn of_relay(evidence: &RelayEvidence) -> Option<Self> {
        let mut connections = evidence.connections();
        let only = connections.next()?;
        let by = match only.ending {
            Ending::NoAnswer => Self::NoAnswer,
            Ending::Refused => Self::Refused,
            _ => return None,
        };
        let nothing_else = connections.next().is_none()
            && only.hello == Hello::Own
            && only.replies == 0
            && evidence.finish() == Finish::CutOff
            && evidence.notes().is_empty()
            && evidence.greeting().is_none()
            && evidence.transcript_octets() == 0;
        nothing_else.then_some(by)
    }

    const fn failure(self) -> OpenFailure {
        match self {
            Self::NoAnswer => OpenFailure::NoAnswer,
            Self::Refused => OpenFailure::Refused,
        }
    }
}

/// Targets at consecutive addresses and one port, all dead for the same reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadRange {
    /// The record's name.
    pub id: RecordId,
    /// The job of the first target; the others' are the numbers that follow.
    pub job: JobSerial,
    /// The first target. The others have the addresses that follow, and the same port.
    pub first: SocketAddr,
    /// How many targets, from 1 to [`DEAD_RANGE_TARGETS_MAX`].
    pub count: u16,
    /// Why.
    pub by: DeadBy,
    /// The probe.
    pub probe: Probe,
    /// The depth at which it would have run.
    pub depth: Depth,
    /// The scope waived the checks of our own identity.
    pub lab: bool,
    /// The device has reached our own sink elsewhere through this port.
    pub path_checked: bool,
    /// Hours since the scope was issued.
    pub hours: u16,
    /// When the first of them was tried.
    pub began: Instant,
    /// When the last of them was given up.
    pub ended: Instant,
    /// [`crate::verdict::RULES`] when they were judged.
    pub rules: u16,
}

impl DeadRange {
    /// The targets.
    pub fn targets(&self) -> impl Iterator<Item = SocketAddr> + use<> {
        let (first, count) = (self.first, self.count.min(DEAD_RANGE_TARGETS_MAX));
        (0..count).map_while(move |place| {
            let address = behind(first.ip(), u32::from(place))?;
            Some(SocketAddr::new(address, first.port()))
        })
    }

    /// One finding for each target, as if each had been told by itself: under the record's name,
    /// with a job of its own, the times of the whole range, and evidence without the pairs that
    /// could not have been written.
    pub fn findings(&self) -> impl Iterator<Item = Finding> + '_ {
        let evidence = self.evidence();
        let verdict = judge(&evidence);
        self.targets()
            .zip(0u64..)
            .map(move |(target, place)| Finding {
                boot: self.id.boot,
                number: self.id.number,
                job: JobSerial(self.job.0.saturating_add(place)),
                revision: 0,
                last: true,
                target,
                probe: self.probe,
                depth: self.depth,
                lab: self.lab,
                path_checked: self.path_checked,
                began: self.began,
                ended: self.ended,
                rules: self.rules,
                verdict,
                evidence: evidence.clone(),
                refusals: 0,
            })
    }

    fn evidence(&self) -> Evidence {
        if self.probe == Probe::Proxy {
            return Evidence::Proxy(ProxyEvidence::dead(self.by, self.depth, self.hours));
        }
        let mut evidence = Evidence::new(Probe::Relay);
        for observation in [
            Observation::Began {
                depth: self.depth,
                hours: self.hours,
                outcomes: Outcomes::default(),
            },
            Observation::Opening(Hello::Own),
            Observation::OpenFailed(self.by.failure()),
            Observation::Finished(Finish::CutOff),
        ] {
            evidence.record(&observation);
        }
        evidence
    }
}

/// The address so many places behind `address`; `None` behind the last one of its family.
pub(crate) fn behind(address: IpAddr, places: u32) -> Option<IpAddr> {
    match address {
        IpAddr::V4(v4) => {
            let bits = v4.to_bits().checked_add(places)?;
            Some(IpAddr::V4(core::net::Ipv4Addr::from_bits(bits)))
        }
        IpAddr::V6(v6) => {
            let bits = v6.to_bits().checked_add(u128::from(places))?;
            Some(IpAddr::V6(core::net::Ipv6Addr::from_bits(bits)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Kind, RULES, Reason, Verdict};

    fn range(first: &str, count: u16, by: DeadBy) -> DeadRange {
        DeadRange {
            id: RecordId { boot: 3, number: 7 },
            job: JobSerial(0x3_000010),
            first: first.parse().unwrap(),
            count,
            by,
            probe: Probe::Relay,
            depth: Depth::Standard,
            lab: false,
            path_checked: false,
            hours: 5,
            began: Instant::from_millis(1_000),
            ended: Instant::from_millis(9_000),
            rules: RULES,
        }
    }

    #[test]
    fn each_target_gets_a_finding_that_says_what_the_range_says() {
        for (by, reason) in [
            (DeadBy::NoAnswer, Reason::NoAnswer),
            (DeadBy::Refused, Reason::Refused),
        ] {
            let findings: Vec<_> = range("192.0.2.254:25", 4, by).findings().collect();
            let targets: Vec<_> = findings.iter().map(|of| of.target.to_string()).collect();
            assert_eq!(
                targets,
                [
                    "192.0.2.254:25",
                    "192.0.2.255:25",
                    "192.0.3.0:25",
                    "192.0.3.1:25"
                ]
            );
            let jobs: Vec<_> = findings.iter().map(|of| of.job.0).collect();
            assert_eq!(jobs, [0x3_000010, 0x3_000011, 0x3_000012, 0x3_000013]);
            for finding in &findings {
                let kind = Kind::Inconclusive;
                assert_eq!(finding.verdict, Verdict { kind, reason });
                assert_eq!(finding.verdict, judge(&finding.evidence));
                assert_eq!(DeadBy::of(&finding.evidence), Some(by));
                assert_eq!(finding.evidence.hours(), 5);
                assert!(finding.last && finding.revision == 0);
            }
        }
    }

    #[test]
    fn a_range_ends_with_its_family_and_its_limit() {
        for (first, count, targets) in [
            ("255.255.255.254:25", 4, 2),
            ("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:25", 4, 1),
            ("[2001:db8::ffff]:25", 2, 2),
            ("10.0.0.0:25", u16::MAX, usize::from(DEAD_RANGE_TARGETS_MAX)),
            ("10.0.0.0:25", 0, 0),
        ] {
            let range = range(first, count, DeadBy::NoAnswer);
            assert_eq!(range.targets().count(), targets, "{first}");
            assert_eq!(range.findings().count(), targets, "{first}");
        }
    }

    #[test]
    fn whatever_says_more_than_silence_is_no_dead_target() {
        let began = Observation::Began {
            depth: Depth::Quick,
            hours: 0,
            outcomes: Outcomes::default(),
        };
        let failed = Observation::OpenFailed(OpenFailure::NoAnswer);
        let cut_off = Observation::Finished(Finish::CutOff);
        let opening = Observation::Opening(Hello::Own);
        for (observations, by) in [
            (
                &[began, opening, failed, cut_off][..],
                Some(DeadBy::NoAnswer),
            ),
            (&[began, opening, failed], None),
            (&[began, opening, failed, opening, failed, cut_off], None),
            (&[began, opening, cut_off], None),
            (&[began, cut_off], None),
            (
                &[began, opening, Observation::Closed(Ending::Silent), cut_off],
                None,
            ),
            (
                &[
                    began,
                    opening,
                    failed,
                    Observation::Noted(crate::evidence::Notes::NO_SLOT),
                    cut_off,
                ],
                None,
            ),
        ] {
            let mut evidence = Evidence::new(Probe::Relay);
            observations.iter().for_each(|of| evidence.record(of));
            assert_eq!(DeadBy::of(&evidence), by, "{observations:?}");
        }
    }
}
