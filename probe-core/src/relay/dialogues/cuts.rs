//! Less evidence: cut at any octet, in any pieces, through the smallest buffer.

use super::{DEPTHS, servers::SERVERS};
use crate::{
    relay::peer::{Network, setup, talk, talk_over, tester},
    scope::Depth,
    verdict::Kind,
};

/// From proof down to nothing, and closed apart: what a verdict may become when evidence is lost.
fn may_weaken_to(whole: Kind, cut: Kind) -> bool {
    match whole {
        Kind::Confirmed | Kind::Accepted | Kind::Suspected => {
            matches!(cut, Kind::Suspected | Kind::Inconclusive)
        }
        Kind::Closed => matches!(cut, Kind::Closed | Kind::Inconclusive),
        Kind::Inconclusive => cut == Kind::Inconclusive,
    }
}

#[test]
fn a_cut_at_any_octet_never_makes_a_verdict_firmer() {
    let tester = tester();
    for (name, build, _) in SERVERS {
        let is_looked_at_closely = ["closed postfix", "open", "stutters"].contains(name);
        for depth in [Depth::Standard, Depth::Full] {
            let whole = talk(depth, &mut build());
            let step = match depth {
                _ if whole.octets > 20_000 => 9_973,
                Depth::Full => 293,
                _ if is_looked_at_closely => 1,
                _ => 11,
            };
            for octets_max in (0..whole.octets).step_by(step) {
                let network = Network {
                    octets_max,
                    ..Network::default()
                };
                let cut = talk_over(network, setup(&tester, depth), &mut build());
                assert!(
                    may_weaken_to(whole.verdict().kind, cut.verdict().kind),
                    "{name}, {}, cut after {octets_max}: {} became {}\n{}",
                    depth.as_str(),
                    whole.words(),
                    cut.words(),
                    cut.script()
                );
            }
        }
    }
}

#[test]
fn evidence_that_stops_at_any_observation_never_makes_a_verdict_firmer() {
    for (name, build, _) in SERVERS {
        let whole = talk(Depth::Full, &mut build());
        for (place, kind) in whole.kinds.iter().enumerate() {
            assert!(
                may_weaken_to(whole.verdict().kind, *kind),
                "{name}: {kind:?} after {place} observations"
            );
        }
    }
}

#[test]
fn pieces_of_any_length_lead_to_the_same_verdict() {
    let tester = tester();
    for (name, build, expected) in SERVERS {
        let piece = if *name == "85 KB greeting" { 100 } else { 1 };
        let network = Network {
            piece,
            ..Network::default()
        };
        for (depth, expected) in DEPTHS.into_iter().zip(expected) {
            let talk = talk_over(network, setup(&tester, depth), &mut build());
            assert_eq!(talk.words(), *expected, "{name}\n{}", talk.script());
        }
    }
}

#[test]
fn the_smallest_buffer_carries_the_same_commands() {
    let tester = tester();
    for (name, build, _) in SERVERS {
        // These do not wait for what they have not got yet.
        if ["synchronisation", "first session", "two resets"].contains(name) {
            continue;
        }
        let network = Network {
            transmit: 512,
            ..Network::default()
        };
        let small = talk_over(network, setup(&tester, Depth::Full), &mut build());
        assert_eq!(
            small.script(),
            talk(Depth::Full, &mut build()).script(),
            "{name}"
        );
    }
}
