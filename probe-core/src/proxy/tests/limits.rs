//! Time, sockets, octets and attempts: each has its limit.

use super::{
    answers::{EVERYTHING, ROWS, row},
    peer::{Answer, Job, Network, Peer, page, say, talk},
};
use crate::{
    dialogue::OpenFailure,
    evidence::{Finish, ProxyNotes},
    proxy::{GRANT_MS_MAX, JOB_MS_MAX, NONCE_MS_MAX, Outcome, Protocols, SILENT_ATTEMPTS_MAX},
    scope::{Depth, SinkEnds},
    testing::octets_of,
    time::{Instant, Millis},
};

fn opens(opens: &'static [Option<OpenFailure>], peer: &mut Peer) -> String {
    let job = Job {
        network: Network {
            opens,
            ..Network::default()
        },
        ..Job::new(EVERYTHING)
    };
    let talk = talk(&job, peer);
    let finish = talk.evidence.finish().as_str();
    format!("{}, {finish}: {}", talk.words(), talk.attempts())
}

#[test]
fn what_does_not_open_ends_the_job() {
    use OpenFailure::{NoAnswer, NoSlot, OutOfScope, Refused, Unreachable};
    let denied = || row("denied");
    for (failures, expected) in [
        (&[Some(Refused)][..], "closed: refused, tested: "),
        (&[Some(NoAnswer)], "inconclusive: no-answer, tested: "),
        (&[Some(Unreachable)], "inconclusive: no-answer, tested: "),
        (
            &[Some(OutOfScope)],
            "inconclusive: limit-reached, stopped: http-connect/1 out-of-scope 0",
        ),
        (
            &[Some(NoSlot); 5],
            "inconclusive: limit-reached, stopped: http-connect/1 no-slot 0",
        ),
        // Whoever has answered before and refuses now has not been tested to the end.
        (
            &[None, Some(Refused)],
            "inconclusive: cut-off, cut-off: http-connect/1 denied 403, http-connect/2 refused 0",
        ),
        (
            &[None, Some(NoAnswer)],
            "inconclusive: no-answer, cut-off: http-connect/1 denied 403, http-connect/2 no-answer 0",
        ),
    ] {
        assert_eq!(opens(failures, &mut denied()), expected);
    }
    assert!(opens(&[Some(NoSlot), None], &mut row("open")).starts_with("confirmed"));
}

#[test]
fn a_missing_socket_is_told() {
    let job = Job {
        network: Network {
            opens: &[Some(OpenFailure::NoSlot)],
            ..Network::default()
        },
        ..Job::new(EVERYTHING)
    };
    let talk = talk(&job, &mut row("open"));
    assert_eq!(talk.evidence.notes(), ProxyNotes::NO_SLOT);
}

#[test]
fn silence_is_not_waited_for_too_often() {
    let talk = talk(&Job::new(EVERYTHING), &mut row("silence"));
    // And once in each way to begin that is left: SOCKS5, SOCKS4, a gateway.
    let connections = SILENT_ATTEMPTS_MAX + 3;
    assert_eq!(talk.connections, u32::from(connections));
    let each = GRANT_MS_MAX + Millis(1_000);
    assert!(talk.ended <= Instant::from_millis(each.0 * u64::from(connections)));
    assert_eq!(talk.attempts().matches("/1 skipped silent").count(), 5);
}

#[test]
fn whoever_takes_no_octets_is_silent() {
    let job = Job {
        network: Network {
            takes: false,
            ..Network::default()
        },
        ..Job::new(EVERYTHING)
    };
    assert_eq!(
        talk(&job, &mut row("open")).words(),
        "inconclusive: no-answer"
    );
}

#[test]
fn a_job_has_its_time() {
    let slow = || -> Peer {
        Box::new(|said| match said.octets.as_slice() {
            [5, 1, 0] => Answer::Say(vec![5, 0]),
            [4 | 5, ..] => Answer::Nothing,
            _ => say("HTTP/1.1 200 OK\r\nX:"),
        })
    };
    let job = Job {
        depth: Depth::Full,
        ..Job::new(EVERYTHING)
    };
    let talk = talk(&job, &mut slow());
    assert!(
        talk.ended <= Instant::BOOT + JOB_MS_MAX + Millis(100),
        "{:?}",
        talk.ended
    );
    assert_eq!(talk.evidence.finish(), Finish::TimeOver);
    assert_eq!(talk.words(), "inconclusive: limit-reached");
}

#[test]
fn no_job_takes_longer() {
    for (name, _, build, _) in ROWS {
        for depth in [Depth::Standard, Depth::Full] {
            let job = Job {
                depth,
                ..Job::new(EVERYTHING)
            };
            let talk = talk(&job, &mut build());
            assert!(
                talk.ended <= Instant::BOOT + JOB_MS_MAX + NONCE_MS_MAX,
                "{name}"
            );
            assert!(
                !talk.evidence.notes().contains(ProxyNotes::ATTEMPTS_FULL),
                "{name}"
            );
        }
    }
}

#[test]
fn what_our_sink_has_not_is_not_asked_for() {
    let ends = |ipv4: bool, ipv6: bool, ports: &[u16]| SinkEnds {
        ipv4: ipv4.then(|| [198, 51, 100, 25].into()),
        ipv6: ipv6.then(|| "2001:db8::25".parse().unwrap()),
        name: None,
        ports: ports.iter().copied().collect(),
    };
    for (sink, connections, expected) in [
        (ends(true, true, &[]), 0, "inconclusive: not-formable"),
        (
            ends(false, false, &[25, 8025]),
            0,
            "inconclusive: not-formable",
        ),
        (
            ends(true, false, &[25]),
            1,
            "confirmed: connection-returned",
        ),
        (
            ends(false, true, &[25]),
            1,
            "confirmed: connection-returned",
        ),
    ] {
        let job = Job {
            sink,
            ..Job::new(
                Protocols::HTTP
                    .union(Protocols::SOCKS)
                    .difference(Protocols::INSIDE),
            )
        };
        let talk = talk(&job, &mut row("open"));
        assert_eq!(talk.words(), expected);
        assert_eq!(talk.connections, connections);
    }
    let job = Job {
        sink: ends(false, true, &[25]),
        ..Job::new(Protocols::HTTP)
    };
    let said = talk(&job, &mut row("open")).said;
    assert!(said[0].starts_with(b"CONNECT [2001:db8::25]:25 HTTP/1.0\r\n\r\nEHLO p"));
}

#[test]
fn more_than_is_read_is_told() {
    let talk = talk(&Job::new(Protocols::GET), &mut row("an endless page"));
    let attempt = talk.evidence.attempts()[0];
    assert_eq!(attempt.outcome(), Outcome::Page);
    assert!(attempt.is_endless() && attempt.has_content());
}

#[test]
fn the_largest_evidence_has_room() {
    let mut peer: Peer = Box::new(|said| match said.octets.as_slice() {
        [5, 1, 0] => Answer::Say([5, 0].into()),
        [5, ..] => Answer::SayAndClose([5, 1].into()),
        [4, ..] => Answer::SayAndClose([0, 0x5b].into()),
        [.., b'\r', b'\n', b'\r', b'\n'] | [.., b'q', b'u', b'i', b't', b'\r', b'\n'] => {
            let head = [b"HTTP/1.1 503 ".as_slice(), &[b'x'; 200], b"\r\n\r\n"];
            Answer::SayAndClose(head.concat())
        }
        [b'1', ..] => page("no"),
        _ => Answer::Nothing,
    });
    let job = Job {
        depth: Depth::Full,
        ..Job::new(Protocols::all())
    };
    let talk = talk(&job, &mut peer);
    assert_eq!(talk.connections, 20);
    assert_eq!(talk.evidence.attempts().len(), 20);
    let texts = talk.evidence.transcript_octets();
    assert!(texts > 700, "{texts}");
    let short = talk.evidence.with_transcript_within(100);
    assert!(short.transcript_octets() <= 100);
    assert!(short.notes().contains(ProxyNotes::TEXTS_FULL));
    assert_eq!(short.attempts(), talk.evidence.attempts());
}

/// With its head a finding has 256 octets at most.
#[test]
fn a_closed_proxy_is_cheap() {
    for name in ["denied", "wants a login", "a web server", "socks5 denied"] {
        for protocols in [Protocols::HTTP, Protocols::SOCKS] {
            let talk = talk(&Job::new(protocols), &mut row(name));
            let octets = octets_of(&talk.evidence.with_transcript_within(0)).len();
            assert!(octets <= 160, "{name}: {octets} octets");
        }
    }
}
