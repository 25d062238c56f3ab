//! The rules for block lists. docs/verdict-rules.md has them in words, with the same numbers.

use super::{Kind, Reason, Verdict};
use crate::evidence::{DnsblEvidence, Finish, Standing};

/// What block lists say together. Pure, as [`super::judge`].
pub fn judge_dnsbl(evidence: &DnsblEvidence) -> Verdict {
    let any = |counts: fn(&Standing) -> bool| {
        let mut zones = evidence.zones().iter();
        zones.any(|zone| counts(&zone.standing))
    };
    let (kind, reason) = if any(is_occasion) {
        (Kind::Suspected, Reason::Listed)
    } else if any(|standing| matches!(standing, Standing::Listed { .. })) {
        (Kind::Inconclusive, Reason::ListedOther)
    } else if evidence.finish() != Finish::Tested {
        let reason = match evidence.finish() {
            Finish::Running | Finish::CutOff => Reason::CutOff,
            _ => Reason::LimitReached,
        };
        (Kind::Inconclusive, reason)
    } else if any(|standing| *standing == Standing::NotListed) {
        (Kind::Closed, Reason::NotListed)
    } else {
        (Kind::Inconclusive, Reason::ListsUnknown)
    };
    Verdict { kind, reason }
}

fn is_occasion(standing: &Standing) -> bool {
    matches!(standing, Standing::Listed { codes, .. } if codes.occasions().next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dns::Outcome,
        dnsbl::{Asked, Seen, Unknown, Why, fixture},
        evidence::Observation,
    };

    #[test]
    fn what_three_zones_say_together() {
        let all = Finish::Tested;
        for (said, finish, verdict) in [
            // One list that names it is enough, wherever the others stand.
            ("occasion no no", all, "suspected listed"),
            ("unknown no occasion", all, "suspected listed"),
            ("context occasion unknown", all, "suspected listed"),
            ("unknown unknown occasion", all, "suspected listed"),
            ("occasion - -", Finish::Running, "suspected listed"),
            ("occasion - -", Finish::Stopped, "suspected listed"),
            // Other codes are no occasion.
            ("context no no", all, "inconclusive listed-other"),
            ("no unknown context", all, "inconclusive listed-other"),
            ("context - -", Finish::Stopped, "inconclusive listed-other"),
            // A no that can be believed.
            ("no no no", all, "closed not-listed"),
            ("no unknown unknown", all, "closed not-listed"),
            ("unknown no-ipv6 no", all, "closed not-listed"),
            // Nobody knows.
            ("unknown unknown unknown", all, "inconclusive lists-unknown"),
            ("no-ipv6 no-ipv6 unknown", all, "inconclusive lists-unknown"),
            ("no-ipv6 no-ipv6 no-ipv6", all, "inconclusive lists-unknown"),
            // Who was not asked might have said it.
            ("no no -", Finish::Running, "inconclusive cut-off"),
            ("no no -", Finish::CutOff, "inconclusive cut-off"),
            ("no no -", Finish::Stopped, "inconclusive limit-reached"),
            ("- - -", Finish::Running, "inconclusive cut-off"),
        ] {
            let zones = ["a.example", "b.example", "c.example"].map(fixture::zone);
            let mut evidence = DnsblEvidence::default();
            let mut record = |seen: Seen<'_>| evidence.record(&Observation::Dnsbl(seen));
            record(Seen::Began {
                zones: &zones,
                hours: 0,
            });
            for ((place, zone), said) in (0..).zip(&zones).zip(said.split(' ')) {
                let report = match said {
                    "occasion" => fixture::report(Outcome::Answers, "127.0.0.2 127.0.0.9"),
                    "context" => fixture::report(Outcome::Answers, "127.0.0.2"),
                    _ => fixture::report(Outcome::NoSuchName, ""),
                };
                let unknown = Unknown {
                    asked: Asked::MustBeListed,
                    why: Why::NoAnswer,
                    answer: None,
                };
                match said {
                    "-" => {}
                    "unknown" => record(Seen::Unhealthy { place, unknown }),
                    "no-ipv6" => record(Seen::NoIpv6(place)),
                    _ => record(Seen::Answered {
                        place,
                        zone,
                        report: &report,
                    }),
                }
            }
            record(Seen::Finished(finish));
            let Verdict { kind, reason } = judge_dnsbl(&evidence);
            assert_eq!(
                format!("{} {}", kind.as_str(), reason.as_str()),
                verdict,
                "{said} {finish:?}"
            );
        }
    }
}
