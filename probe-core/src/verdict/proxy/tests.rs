//! Every rule from both sides.

use core::net::IpAddr;

use super::*;
use crate::{
    arrival::Sense,
    evidence::Observation,
    proxy::{Behind as B, Outcome as O, Protocol as P, Seen},
    scope::Depth,
    time::Millis,
};

const SECOND: usize = 1;

fn seen(evidence: &mut ProxyEvidence, seen: Seen<'_>) {
    evidence.record(&Observation::Proxy(seen));
}

fn attempt(
    evidence: &mut ProxyEvidence,
    id: AttemptId,
    outcome: O,
    (has_content, behind): (bool, Option<B>),
) {
    seen(
        evidence,
        Seen::Attempt {
            id,
            outcome,
            code: 0,
            after: Millis(1),
            local: Some("192.0.2.200".parse().unwrap()),
            said_hello: false,
            has_content,
            behind,
            is_endless: false,
            first: b"",
        },
    );
}

fn evidence(attempts: &[(P, usize, O)], finish: Finish) -> ProxyEvidence {
    let mut evidence = ProxyEvidence::default();
    seen(
        &mut evidence,
        Seen::Began {
            depth: Depth::Standard,
            hours: 0,
        },
    );
    for (protocol, place, outcome) in attempts {
        let id = AttemptId::new(*protocol, *place);
        attempt(&mut evidence, id, *outcome, (false, None));
    }
    seen(&mut evidence, Seen::Finished(finish));
    evidence
}

fn words(evidence: &ProxyEvidence) -> String {
    let Verdict { kind, reason } = judge_proxy(evidence);
    format!("{}: {}", kind.as_str(), reason.as_str())
}

#[test]
fn one_attempt_and_what_it_says() {
    for (protocol, outcome, expected) in [
        (P::Connect, O::Returned, "accepted: nonce-returned"),
        (P::Socks5, O::Granted, "suspected: granted"),
        (P::Socks4a, O::Granted, "suspected: granted"),
        (P::Inside, O::Granted, "suspected: granted"),
        (P::Connect, O::Granted, "inconclusive: unclear"),
        (P::ConnectSplit, O::Granted, "inconclusive: unclear"),
        (P::Connect, O::AuthRequired, "closed: auth-required"),
        (P::Connect, O::Denied, "closed: proxy-denied"),
        (P::Connect, O::NoProxy, "closed: not-a-proxy"),
        (P::Connect, O::OtherProtocol, "closed: not-a-proxy"),
        (P::Get, O::Page, "closed: not-a-proxy"),
        (P::Connect, O::Redirected, "closed: not-a-proxy"),
        (P::Connect, O::Echoed, "closed: not-a-proxy"),
        (P::Connect, O::Unreached, "inconclusive: port-limited"),
        (P::Socks5Name, O::Unreached, "inconclusive: port-limited"),
        (P::Connect, O::Failed, "inconclusive: unclear"),
        (P::Connect, O::Dropped, "inconclusive: cut-off"),
        (P::Connect, O::CutOff, "inconclusive: cut-off"),
        (P::Connect, O::Running, "inconclusive: cut-off"),
        (P::Connect, O::Silent, "inconclusive: no-answer"),
        (P::Connect, O::Endless, "inconclusive: limit-reached"),
        (P::Connect, O::TimeOver, "inconclusive: limit-reached"),
        (P::Connect, O::NoSlot, "inconclusive: limit-reached"),
        (P::Connect, O::OutOfScope, "inconclusive: limit-reached"),
        (P::Connect, O::Refused, "inconclusive: cut-off"),
        (P::Connect, O::NoAnswer, "inconclusive: no-answer"),
        (
            P::Socks5Ipv6,
            O::Skipped(Why::NoAddress),
            "inconclusive: not-formable",
        ),
        (
            P::Connect,
            O::Skipped(Why::Echoes),
            "inconclusive: not-formable",
        ),
    ] {
        let told = evidence(&[(protocol, 0, outcome)], Finish::Tested);
        assert_eq!(words(&told), expected, "{protocol:?} {outcome:?}");
    }
}

#[test]
fn of_several_the_weightiest_decides() {
    let denied = (P::Connect, 0, O::Denied);
    for (attempts, expected) in [
        (
            &[denied, (P::Socks5, SECOND, O::Returned)][..],
            "accepted: nonce-returned",
        ),
        (&[denied, (P::Socks5, 0, O::Granted)], "suspected: granted"),
        (
            &[denied, (P::Connect, SECOND, O::Unreached)],
            "inconclusive: port-limited",
        ),
        (
            &[denied, (P::Get, 0, O::Endless)],
            "inconclusive: limit-reached",
        ),
        (&[denied, (P::Get, 0, O::Silent)], "inconclusive: no-answer"),
        (&[denied, (P::Get, 0, O::CutOff)], "inconclusive: cut-off"),
        (&[denied, (P::Get, 0, O::Failed)], "inconclusive: unclear"),
        (
            &[denied, (P::Get, 0, O::AuthRequired)],
            "closed: auth-required",
        ),
        (&[denied, (P::Get, 0, O::Page)], "closed: proxy-denied"),
        // Whoever answers in one protocol hangs up in another.
        (
            &[denied, (P::Socks4, 0, O::Dropped)],
            "closed: proxy-denied",
        ),
        // Or waits for more of what it took for the beginning of the other.
        (&[denied, (P::Socks5, 0, O::Silent)], "closed: proxy-denied"),
        (
            &[(P::Socks4, 0, O::Denied), (P::Connect, 0, O::Silent)],
            "closed: proxy-denied",
        ),
        // Not so where its answer was in the protocol that was silent, or in none.
        (
            &[(P::Connect, 0, O::Silent), (P::Socks5, 0, O::OtherProtocol)],
            "inconclusive: no-answer",
        ),
        (
            &[(P::Connect, 0, O::Silent), (P::Gateway, 0, O::Echoed)],
            "inconclusive: no-answer",
        ),
        (
            &[denied, (P::Socks5, 0, O::Silent), (P::Post, 0, O::Silent)],
            "inconclusive: no-answer",
        ),
        (
            &[(P::Connect, 0, O::Dropped), (P::Socks5, 0, O::Silent)],
            "inconclusive: no-answer",
        ),
        // Names and IPv6 are not for everybody.
        (
            &[denied, (P::Socks5Name, 0, O::Unreached)],
            "closed: proxy-denied",
        ),
        (
            &[denied, (P::Socks5Ipv6, 0, O::Unreached)],
            "closed: proxy-denied",
        ),
        (
            &[denied, (P::Socks5Ipv6, 0, O::Skipped(Why::NoAddress))],
            "closed: proxy-denied",
        ),
        (
            &[denied, (P::Socks5, 0, O::Skipped(Why::SpeaksHttp))],
            "closed: proxy-denied",
        ),
    ] {
        assert_eq!(
            words(&evidence(attempts, Finish::Tested)),
            expected,
            "{attempts:?}"
        );
    }
}

#[test]
fn a_proof_needs_the_visit_of_the_same_attempt_from_elsewhere() {
    let egress: IpAddr = "203.0.113.9".parse().unwrap();
    let own: IpAddr = "192.0.2.200".parse().unwrap();
    let first = AttemptId::new(P::Connect, 0);
    for (visits, expected) in [
        (&[(first, egress)][..], "confirmed: connection-returned"),
        (&[(first, own)], "inconclusive: own-address"),
        (
            &[(AttemptId::new(P::Connect, 1), egress)],
            "accepted: nonce-returned",
        ),
        (
            &[(AttemptId::new(P::Socks5, 0), egress)],
            "accepted: nonce-returned",
        ),
        (&[(AttemptId::CONTROL, egress)], "accepted: nonce-returned"),
    ] {
        let mut told = evidence(&[(P::Connect, 0, O::Returned)], Finish::Settled);
        for (id, from) in visits {
            told.arrived(Sense::Visited(id.octet()), *from);
        }
        assert_eq!(words(&told), expected, "{visits:?}");
    }
    // A visit alone says that somebody has read what we sent.
    for outcome in [O::Granted, O::Denied, O::Page, O::Echoed] {
        let mut told = evidence(&[(P::Connect, 0, outcome)], Finish::Tested);
        let before = words(&told);
        told.arrived(Sense::Visited(first.octet()), egress);
        assert_eq!(words(&told), before, "{outcome:?}");
    }
}

/// What the verdict is of CONNECT that was granted, by what stands behind the grant and by the control.
fn granted(behind: (bool, Option<B>), control: O, control_has_content: bool) -> String {
    let mut told = evidence(&[], Finish::Tested);
    attempt(&mut told, AttemptId::new(P::Connect, 0), O::Granted, behind);
    attempt(
        &mut told,
        AttemptId::CONTROL,
        control,
        (control_has_content, None),
    );
    words(&told)
}

#[test]
fn the_control_tells_servers_that_grant_everything() {
    let unclear = "inconclusive: unclear";
    let page = "closed: not-a-proxy";
    let tunnel = "suspected: granted";
    for (control, of_a_tunnel, of_a_page) in [
        // What a proxy says of a name that cannot exist, and a filter's page may stand in for us.
        (O::Denied, tunnel, unclear),
        (O::Failed, tunnel, unclear),
        (O::Unreached, tunnel, unclear),
        (O::AuthRequired, tunnel, unclear),
        // What a web server says.
        (O::NoProxy, tunnel, page),
        (O::Redirected, tunnel, page),
        (O::Granted, page, page),
        // The control says nothing.
        (O::Silent, unclear, unclear),
        (O::Dropped, unclear, unclear),
        (O::CutOff, unclear, unclear),
        (O::Returned, unclear, unclear),
    ] {
        for (behind, expected) in [
            ((true, Some(B::Tunnel)), of_a_tunnel),
            ((true, Some(B::Page)), of_a_page),
        ] {
            assert_eq!(
                granted(behind, control, true),
                expected,
                "{behind:?}, {control:?}"
            );
        }
        // Behind a grant stood what may be several things, or nothing, and the connection ended.
        for behind in [(true, None), (false, None)] {
            let expected = match (control, behind.0) {
                (O::Granted, true) => page,
                _ => unclear,
            };
            assert_eq!(
                granted(behind, control, true),
                expected,
                "{behind:?}, {control:?}"
            );
        }
    }
    // Silence on a connection that stays open: a tunnel that something filters, or a liar's.
    let open = (false, Some(B::Tunnel));
    assert_eq!(granted(open, O::NoProxy, true), tunnel);
    // A grant without a page, whatever is asked for, is a proxy's or a liar's.
    for (behind, control_has_content) in [
        ((true, Some(B::Page)), false),
        (open, true),
        (open, false),
        ((false, None), true),
        ((false, None), false),
    ] {
        assert_eq!(
            granted(behind, O::Granted, control_has_content),
            unclear,
            "{behind:?}"
        );
    }
    // A page under one port takes nothing from what another shows, and our sink's word outweighs both.
    for (outcome, behind, expected) in [
        (O::Granted, open, tunnel),
        (O::Returned, (true, None), "accepted: nonce-returned"),
    ] {
        let mut told = evidence(&[], Finish::Tested);
        let first = AttemptId::new(P::Connect, 0);
        attempt(&mut told, first, O::Granted, (true, Some(B::Page)));
        attempt(&mut told, AttemptId::CONTROL, O::NoProxy, (false, None));
        attempt(
            &mut told,
            AttemptId::new(P::Connect, SECOND),
            outcome,
            behind,
        );
        assert_eq!(words(&told), expected, "{outcome:?}");
    }
}

#[test]
fn only_a_job_that_came_to_its_end_says_closed() {
    for (finish, expected) in [
        (Finish::Tested, "closed: proxy-denied"),
        (Finish::Settled, "closed: proxy-denied"),
        (Finish::Running, "inconclusive: cut-off"),
        (Finish::CutOff, "inconclusive: cut-off"),
        (Finish::TimeOver, "inconclusive: limit-reached"),
        (Finish::Stopped, "inconclusive: limit-reached"),
    ] {
        let told = evidence(&[(P::Connect, 0, O::Denied)], finish);
        assert_eq!(words(&told), expected, "{finish:?}");
        let told = evidence(&[(P::Connect, 0, O::Returned)], finish);
        assert_eq!(words(&told), "accepted: nonce-returned", "{finish:?}");
    }
    assert_eq!(words(&ProxyEvidence::default()), "inconclusive: cut-off");
    for (by, expected) in [
        (DeadBy::Refused, "closed: refused"),
        (DeadBy::NoAnswer, "inconclusive: no-answer"),
    ] {
        assert_eq!(words(&ProxyEvidence::dead(by, Depth::Quick, 0)), expected);
    }
}
