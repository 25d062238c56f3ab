//! What is kept, whatever the order in which it comes.

use super::*;
use crate::{
    frame::decode_message,
    proxy::{Protocol, Why},
    testing::octets_of,
};

const CONNECT: AttemptId = AttemptId::new(Protocol::Connect, 0);
const EGRESS: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(203, 0, 113, 9));
const OWN: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(192, 0, 2, 200));

fn attempt(id: AttemptId, outcome: Outcome, first: &[u8]) -> Observation<'_> {
    Observation::Proxy(Seen::Attempt {
        id,
        outcome,
        code: 200,
        after: Millis(120),
        local: Some(OWN),
        said_hello: true,
        has_content: false,
        behind: None,
        is_endless: false,
        first,
    })
}

fn visit(id: AttemptId) -> Sense {
    Sense::Visited(id.octet())
}

#[test]
fn a_visit_may_come_before_its_attempt_is_told() {
    let told = attempt(CONNECT, Outcome::Returned, b"HTTP/1.1 200");
    let mut before = ProxyEvidence::default();
    before.arrived(visit(CONNECT), EGRESS);
    assert!(!before.attempts()[0].has_nonce());
    before.record(&told);
    let mut after = ProxyEvidence::default();
    after.record(&told);
    after.arrived(visit(CONNECT), EGRESS);
    assert_eq!(before, after);
    let only = after.attempts()[0];
    assert!(only.has_nonce() && only.said_hello());
    assert_eq!(
        (only.egress(), only.code(), only.after()),
        (Some(EGRESS), 200, Millis(120))
    );
    let line = after.lines().next().unwrap();
    assert_eq!(
        (line.sent, line.answer),
        ("CONNECT to our sink", &b"HTTP/1.1 200"[..])
    );
}

#[test]
fn a_visit_from_elsewhere_outweighs_one_of_our_own() {
    for order in [[OWN, EGRESS], [EGRESS, OWN]] {
        let mut evidence = ProxyEvidence::default();
        evidence.record(&attempt(CONNECT, Outcome::Returned, b""));
        for from in order {
            evidence.arrived(visit(CONNECT), from);
        }
        assert_eq!(evidence.attempts()[0].egress(), Some(EGRESS));
        assert!(evidence.is_own(OWN) && !evidence.is_own(EGRESS));
    }
}

#[test]
fn what_names_no_attempt_is_told() {
    let mut evidence = ProxyEvidence::default();
    evidence.arrived(Sense::Visited(63), EGRESS);
    assert_eq!(evidence.notes(), ProxyNotes::STRAY_VISIT);
    assert_eq!(evidence.attempts(), []);
    let before = evidence.clone();
    evidence.arrived(Sense::Objected, EGRESS);
    assert_eq!(evidence, before);
}

#[test]
fn a_later_revision_takes_nothing_away() {
    let mut first = ProxyEvidence::default();
    first.record(&Observation::Proxy(Seen::Began {
        depth: Depth::Full,
        hours: 3,
    }));
    first.record(&attempt(CONNECT, Outcome::Returned, b"first"));
    let mut later = first.clone();
    later.arrived(visit(CONNECT), EGRESS);
    later.record(&Observation::Proxy(Seen::Skipped {
        protocol: Protocol::Get,
        why: Why::Silent,
    }));
    later.record(&Observation::Proxy(Seen::Finished(Finish::Settled)));
    let mut whole = first.clone();
    whole.merge(&later);
    assert_eq!(whole, later);
    whole.merge(&later);
    assert_eq!(whole, later, "twice is once");
    let mut denied = ProxyEvidence::default();
    denied.record(&attempt(CONNECT, Outcome::Denied, b"second"));
    whole.merge(&denied);
    assert_eq!(whole.outcome(CONNECT), Some(Outcome::Returned));
    assert_eq!(whole.attempts()[0].egress(), Some(EGRESS));
    assert_eq!(whole.lines().next().unwrap().answer, b"first");
}

#[test]
fn the_dead_say_no_more_than_that() {
    for by in [DeadBy::NoAnswer, DeadBy::Refused] {
        let mut evidence = ProxyEvidence::default();
        for seen in [
            Seen::Began {
                depth: Depth::Full,
                hours: 3,
            },
            Seen::Dead(by),
            Seen::Finished(Finish::Tested),
        ] {
            assert_eq!(evidence.dead_by(), None);
            evidence.record(&Observation::Proxy(seen));
        }
        assert_eq!(evidence.dead_by(), Some(by));
        assert_eq!(evidence, ProxyEvidence::dead(by, Depth::Full, 3));
        evidence.arrived(visit(CONNECT), EGRESS);
        assert_eq!(evidence.dead_by(), None);
    }
}

#[test]
fn what_does_not_fit_is_told() {
    let mut evidence = ProxyEvidence::default();
    for protocol in PROTOCOLS {
        for place in 0..PLACES {
            let id = AttemptId::new(protocol, place);
            evidence.record(&attempt(id, Outcome::Denied, &[b'x'; FIRST_OCTETS_MAX]));
        }
    }
    evidence.record(&attempt(AttemptId::CONTROL, Outcome::Denied, b""));
    assert_eq!(evidence.notes(), ProxyNotes::TEXTS_FULL);
    assert_eq!(evidence.attempts().len(), ATTEMPTS_MAX);
    let kept = evidence
        .lines()
        .filter(|line| !line.answer.is_empty())
        .count();
    assert_eq!(kept, TEXT_OCTETS_MAX / (FIRST_OCTETS_MAX + 2));
    let octets = octets_of(&evidence);
    assert_eq!(decode_message::<ProxyEvidence>(&octets), Some(evidence));
}
