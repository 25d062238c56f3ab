//! What block lists said of an address.

use serde::{Deserialize, Serialize};

use super::{Finish, Observation};
use crate::{
    dns::{Data, Outcome, Report},
    dnsbl::{Answer, Codes, Seen, Unknown, ZONES_MAX},
    name::Name,
};

/// How much of a listing's reason is kept, in octets; see [`Explanation::Text`].
pub const EXPLANATION_OCTETS_MAX: usize = 96;

/// A job's evidence: at most [`super::EVIDENCE_OCTETS_MAX`] octets of memory. What each zone said, in
/// the scope's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsblEvidence {
    hours: u16,
    finish: Finish,
    zones: heapless::Vec<ZoneEvidence, ZONES_MAX, u8>,
}

const _: () = assert!(size_of::<DnsblEvidence>() <= super::EVIDENCE_OCTETS_MAX);

/// What one zone said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneEvidence {
    /// Which zone.
    pub zone: Name,
    /// What it said.
    pub standing: Standing,
}

/// How an address stands with a zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// It was not asked about the address, or the job ended before it answered.
    #[default]
    NotAsked,
    /// It lists no IPv6 addresses, and this is one.
    NoIpv6,
    /// Nothing that can be believed.
    Unknown(Unknown),
    /// Not listed.
    NotListed,
    /// Listed.
    Listed {
        /// With these codes.
        codes: Codes,
        /// For this reason, in the zone's own words.
        explanation: Explanation,
    },
}

impl ZoneEvidence {
    fn text_octets(&self) -> usize {
        match &self.standing {
            Standing::Listed {
                explanation: Explanation::Text { text, .. },
                ..
            } => text.len(),
            _ => 0,
        }
    }
}

impl Standing {
    /// The word in transcripts and `--json`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotAsked => "not-asked",
            Self::NoIpv6 => "no-ipv6",
            Self::Unknown(_) => "unknown",
            Self::NotListed => "not-listed",
            Self::Listed { .. } => "listed",
        }
    }

    /// How much it says: the more stays when two are merged.
    const fn weight(&self) -> u8 {
        match self {
            Self::NotAsked => 0,
            Self::NoIpv6 => 1,
            Self::Unknown(_) => 2,
            Self::NotListed => 3,
            Self::Listed { .. } => 4,
        }
    }
}

/// Why a zone lists an address, in its own words: its TXT records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Explanation {
    /// Nobody asked for it, or it has not come yet.
    #[default]
    NotAsked,
    /// There is none.
    None,
    /// It was asked for and did not come, or had no room.
    Missed,
    /// This.
    Text {
        /// The words; what is not printable ASCII is a question mark. Records are parted by a blank.
        text: heapless::String<EXPLANATION_OCTETS_MAX, u8>,
        /// Whether there was more.
        is_cut: bool,
    },
}

impl Explanation {
    fn read(report: &Report) -> Self {
        match report.outcome {
            Outcome::Answers => {}
            Outcome::NoSuchName | Outcome::NoData => return Self::None,
            _ => return Self::Missed,
        }
        let mut text = heapless::String::new();
        let mut is_cut = report.answers.is_cut();
        for data in report.answers.iter() {
            let Data::Txt(strings) = data else { continue };
            let parting: &[u8] = if text.is_empty() { b"" } else { b" " };
            for octet in [parting].into_iter().chain(strings.iter()).flatten() {
                let is_printable = matches!(octet, b' '..=b'~');
                let letter = if is_printable {
                    char::from(*octet)
                } else {
                    '?'
                };
                is_cut |= text.push(letter).is_err();
            }
        }
        Self::Text { text, is_cut }
    }
}

impl DnsblEvidence {
    /// Folds an observation in.
    pub fn record(&mut self, observation: &Observation<'_>) {
        // Everything else is of another probe.
        let Observation::Dnsbl(seen) = *observation else {
            return;
        };
        match seen {
            Seen::Began { zones, hours } => {
                self.hours = hours;
                self.zones.clear();
                for zone in zones {
                    // A dialogue has no more zones than there is room for.
                    let _ = self.zones.push(ZoneEvidence {
                        zone: zone.name.clone(),
                        standing: Standing::NotAsked,
                    });
                }
                self.finish = Finish::Running;
            }
            Seen::NoIpv6(place) => self.stands(place, Standing::NoIpv6),
            Seen::Unhealthy { place, unknown } => self.stands(place, Standing::Unknown(unknown)),
            Seen::Answered {
                place,
                zone,
                report,
            } => self.stands(
                place,
                match Answer::read(zone, report) {
                    Answer::Listed(codes) => Standing::Listed {
                        codes,
                        explanation: Explanation::NotAsked,
                    },
                    Answer::NotListed => Standing::NotListed,
                    Answer::Unknown(unknown) => Standing::Unknown(unknown),
                },
            ),
            Seen::Explained { place, report } => {
                if let Some(ZoneEvidence {
                    standing: Standing::Listed { explanation, .. },
                    ..
                }) = self.zones.get_mut(usize::from(place))
                {
                    *explanation = Explanation::read(report);
                }
            }
            Seen::Finished(finish) => self.finish = finish,
        }
    }

    fn stands(&mut self, place: u8, standing: Standing) {
        if let Some(zone) = self.zones.get_mut(usize::from(place)) {
            zone.standing = standing;
        }
    }

    /// Folds the evidence of a later revision of the same job in. A listing stays; what says less
    /// replaces nothing.
    pub fn merge(&mut self, later: &Self) {
        if self.zones.is_empty() {
            self.zones.clone_from(&later.zones);
        }
        for (ours, theirs) in self.zones.iter_mut().zip(&later.zones) {
            if ours.zone == theirs.zone && ours.standing.weight() < theirs.standing.weight() {
                ours.standing.clone_from(&theirs.standing);
            }
        }
        self.finish = later.finish;
    }

    /// How many octets the text takes that was kept.
    pub fn transcript_octets(&self) -> usize {
        let octets = self.zones.iter().map(ZoneEvidence::text_octets);
        octets.fold(0, usize::saturating_add)
    }

    /// The same evidence with text of at most `octets_max`: the explanations that come first. The
    /// others count as missed. A verdict does not depend on text.
    pub fn with_transcript_within(&self, octets_max: usize) -> Self {
        let mut shortened = self.clone();
        let mut left = octets_max;
        for zone in &mut shortened.zones {
            match (left.checked_sub(zone.text_octets()), &mut zone.standing) {
                (Some(rest), _) => left = rest,
                (None, Standing::Listed { explanation, .. }) => *explanation = Explanation::Missed,
                // There is no other text.
                (None, _) => {}
            }
        }
        shortened
    }

    /// Hours since the scope was issued when the job began.
    pub const fn hours(&self) -> u16 {
        self.hours
    }

    /// What each zone said, in the scope's order.
    pub fn zones(&self) -> &[ZoneEvidence] {
        &self.zones
    }

    /// How the dialogue ended.
    pub const fn finish(&self) -> Finish {
        self.finish
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dnsbl::{Asked, Why, fixture};

    /// Evidence about three zones, of which some are `Answered` with these records, and have this
    /// explanation.
    fn evidence(answers: &[(&str, Option<&str>)], finish: Finish) -> DnsblEvidence {
        let zones = ["a.example", "b.example", "c.example"].map(fixture::zone);
        let mut evidence = DnsblEvidence::default();
        let mut record = |seen: Seen<'_>| evidence.record(&Observation::Dnsbl(seen));
        record(Seen::Began {
            zones: &zones,
            hours: 3,
        });
        for (place, (records, text)) in (0..).zip(answers) {
            let zone = &zones[usize::from(place)];
            let report = match *records {
                "" => continue,
                "no" => fixture::report(Outcome::NoSuchName, ""),
                "silence" => fixture::report(Outcome::NoAnswer, ""),
                records => fixture::report(Outcome::Answers, records),
            };
            let report = &report;
            record(Seen::Answered {
                place,
                zone,
                report,
            });
            if let Some(text) = text {
                let report = &fixture::explained(text);
                record(Seen::Explained { place, report });
            }
        }
        record(Seen::Finished(finish));
        evidence
    }

    fn standings(evidence: &DnsblEvidence) -> Vec<&str> {
        let zones = evidence.zones().iter();
        zones.map(|zone| zone.standing.as_str()).collect()
    }

    #[test]
    fn it_travels_and_comes_back() {
        let evidence = evidence(
            &[("127.0.0.9 127.0.0.2", Some("why")), ("silence", None)],
            Finish::Tested,
        );
        assert_eq!(standings(&evidence), ["listed", "unknown", "not-asked"]);
        assert_eq!(evidence.hours(), 3);
        let octets = crate::testing::octets_of(&evidence);
        assert_eq!(crate::frame::decode_message(&octets), Some(evidence));
    }

    #[test]
    fn a_later_revision_takes_nothing_away() {
        let first = evidence(&[("127.0.0.9", None), ("no", None)], Finish::Stopped);
        let mut merged = first.clone();
        merged.merge(&evidence(
            &[("no", None), ("silence", None), ("no", None)],
            Finish::Tested,
        ));
        assert_eq!(standings(&merged), ["listed", "not-listed", "not-listed"]);
        assert_eq!(merged.finish(), Finish::Tested);
        let mut merged = DnsblEvidence::default();
        merged.merge(&first);
        assert_eq!(standings(&merged), standings(&first));
    }

    #[test]
    fn text_gives_way_and_nothing_else() {
        let whole = evidence(
            &[
                ("127.0.0.9", Some("four")),
                ("127.0.0.9", Some("six...")),
                ("127.0.0.9", Some("4444")),
            ],
            Finish::Tested,
        );
        assert_eq!(whole.transcript_octets(), 14);
        assert_eq!(whole.with_transcript_within(14), whole);
        for (octets_max, kept) in [(13, 10), (9, 8), (3, 0)] {
            let shortened = whole.with_transcript_within(octets_max);
            assert_eq!(shortened.transcript_octets(), kept);
            assert_eq!(standings(&shortened), standings(&whole));
            assert_eq!(
                crate::verdict::judge_dnsbl(&shortened),
                crate::verdict::judge_dnsbl(&whole)
            );
        }
    }

    #[test]
    fn places_that_are_not_there_are_nothing() {
        let mut evidence = evidence(&[], Finish::Running);
        let before = evidence.clone();
        let unknown = Unknown {
            asked: Asked::Address,
            why: Why::NoAnswer,
            answer: None,
        };
        let report = &fixture::report(Outcome::NoSuchName, "");
        for seen in [
            Seen::Unhealthy { place: 3, unknown },
            Seen::NoIpv6(255),
            // There is no listing to explain.
            Seen::Explained { place: 0, report },
        ] {
            evidence.record(&Observation::Dnsbl(seen));
        }
        evidence.record(&Observation::Matched);
        assert_eq!(evidence, before);
    }
}
