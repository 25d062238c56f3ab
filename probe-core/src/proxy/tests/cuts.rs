//! Less of what came: cut at any octet, in any pieces.

use super::{
    answers::ROWS,
    peer::{Job, Network, talk},
};
use crate::verdict::Kind;

/// From proof down to nothing, and closed apart: what a verdict may become when evidence is lost.
fn may_weaken_to(whole: Kind, cut: Kind) -> bool {
    match whole {
        Kind::Confirmed => cut != Kind::Closed,
        Kind::Accepted => cut != Kind::Closed && cut != Kind::Confirmed,
        Kind::Suspected => matches!(cut, Kind::Suspected | Kind::Inconclusive),
        Kind::Closed => matches!(cut, Kind::Closed | Kind::Inconclusive),
        Kind::Inconclusive => cut == Kind::Inconclusive,
    }
}

#[test]
fn a_cut_at_any_octet_never_makes_a_verdict_firmer() {
    for (name, protocols, build, _) in ROWS {
        let whole = talk(&Job::new(*protocols), &mut build());
        let step = if whole.octets > 8_000 { 997 } else { 1 };
        for octets_max in (0..whole.octets).step_by(step) {
            let job = Job {
                network: Network {
                    octets_max,
                    ..Network::default()
                },
                ..Job::new(*protocols)
            };
            let cut = talk(&job, &mut build());
            assert!(
                may_weaken_to(whole.verdict().kind, cut.verdict().kind),
                "{name}, cut after {octets_max}: {} became {}: {}",
                whole.words(),
                cut.words(),
                cut.attempts()
            );
        }
    }
}

#[test]
fn evidence_that_stops_at_any_observation_never_makes_a_verdict_firmer() {
    for (name, protocols, build, _) in ROWS {
        let whole = talk(&Job::new(*protocols), &mut build());
        for (place, kind) in whole.kinds.iter().enumerate() {
            assert!(
                may_weaken_to(whole.verdict().kind, *kind),
                "{name}: {kind:?} after {place} observations"
            );
        }
    }
}

#[test]
fn pieces_of_any_length_lead_to_the_same_attempts() {
    for (name, protocols, build, expected) in ROWS {
        let whole = talk(&Job::new(*protocols), &mut build());
        for piece in [1, 2, 3, 7, 26, 27] {
            // What does not end is too slow so.
            if name.contains("endless") {
                continue;
            }
            let job = Job {
                network: Network {
                    piece,
                    ..Network::default()
                },
                ..Job::new(*protocols)
            };
            let pieces = talk(&job, &mut build());
            assert_eq!(
                pieces.words(),
                *expected,
                "{name} in {piece}: {}",
                pieces.attempts()
            );
            assert_eq!(pieces.attempts(), whole.attempts(), "{name} in {piece}");
        }
    }
}
