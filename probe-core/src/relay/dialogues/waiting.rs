//! Greylisting, deadlines and connections that do not come.

use super::{
    DEPTHS,
    servers::{
        Build, PIPELINING, PLAIN, closed_postfix, greylists_then_closed, greylists_then_open,
        is_rcpt, puts_the_first_session_off, tarpit,
    },
};
use crate::{
    dialogue::OpenFailure,
    evidence::{Finish, RelayEvidence},
    relay::{
        PARKED_FOR, PairId, Setup,
        peer::{Answer, Network, Peer, setup, talk, talk_over, tester},
    },
    scope::Depth,
    time::{Instant, Millis},
    verdict::{Kind, TARPIT_REPLY, judge_relay},
};

#[test]
fn greylisting_is_waited_for_with_the_same_envelopes() {
    let tester = tester();
    let mut server = greylists_then_open();
    let first = talk_over(
        Network::default(),
        setup(&tester, Depth::Standard),
        &mut server,
    );
    assert_eq!(first.words(), "inconclusive: greylisted");
    let (until, parked) = first.parked.unwrap();
    assert!(until.since(first.ended) >= PARKED_FOR[0] - Millis(1_000));
    assert_eq!(parked.attempts(), 1);
    assert_eq!(parked.next(), Some(PairId::DECIDING));

    let again = Setup {
        resume: Some(parked),
        hours: 999,
        refusals_max: 1,
        ..setup(&tester, Depth::Standard)
    };
    let network = Network {
        began: until,
        ..Network::default()
    };
    let second = talk_over(network, again, &mut server);
    assert_eq!(
        second.words(),
        "suspected: accepts-anything",
        "{}",
        second.script()
    );
    assert!(second.parked.is_none());

    let mut whole = first.evidence.clone();
    whole.merge(&second.evidence);
    assert_eq!(judge_relay(&whole), second.verdict());
    assert_eq!(
        whole.connections().count(),
        first.evidence.connections().count() + second.evidence.connections().count()
    );
}

#[test]
fn who_greylists_for_ever_is_asked_four_times_and_then_given_up() {
    let tester = tester();
    let mut server = Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        is_rcpt(session).then(|| "451 4.7.1 Greylisting in action".into())
    });
    let mut resume = None;
    let mut pauses = Vec::new();
    let mut began = Instant::BOOT;
    loop {
        let setup = Setup {
            resume,
            ..setup(&tester, Depth::Quick)
        };
        let network = Network {
            began,
            ..Network::default()
        };
        let talk = talk_over(network, setup, &mut server);
        assert_eq!(talk.words(), "inconclusive: greylisted");
        match talk.parked {
            Some((until, parked)) => {
                pauses.push(until.since(talk.ended).0 / 1_000);
                resume = Some(parked);
                began = until;
            }
            None => break,
        }
    }
    assert_eq!(pauses, [310, 900, 3_600]);
}

#[test]
fn who_is_put_off_has_spent_no_refusals_and_hears_the_real_answer_after_a_pause() {
    let tester = tester();
    let servers: [(&str, Build); 2] = [
        ("greylists", greylists_then_closed),
        ("first session", puts_the_first_session_off),
    ];
    for (name, build) in servers {
        for depth in DEPTHS {
            let mut server = build();
            let setup = setup(&tester, depth);
            let first = talk_over(Network::default(), setup, &mut server);
            assert_eq!(first.words(), "inconclusive: greylisted", "{name}");
            // Two at full depth: MAIL with an empty domain is refused for good.
            let for_good = if depth == Depth::Full { 2 } else { 0 };
            assert!(first.refusals <= for_good, "{name}: {}", first.script());
            assert!(first.deferrals_given > 0);
            let (until, parked) = first.parked.unwrap();
            let again = Setup {
                resume: Some(parked),
                refusals_max: setup.refusals_max - first.refusals,
                ..setup
            };
            let network = Network {
                began: until,
                ..Network::default()
            };
            let second = talk_over(network, again, &mut server);
            assert_eq!(
                second.words(),
                "closed: relay-denied",
                "{name}, {}\n{}",
                depth.as_str(),
                second.script()
            );
            assert!(second.parked.is_none());
            let mut whole = first.evidence.clone();
            whole.merge(&second.evidence);
            assert_eq!(judge_relay(&whole), second.verdict());
        }
    }
}

#[test]
fn a_target_may_put_us_off_only_as_often_as_it_may_refuse() {
    let tester = tester();
    for refusals_max in [1, 4, 9, 10, 30] {
        for depth in DEPTHS {
            let setup = Setup {
                refusals_max,
                ..setup(&tester, depth)
            };
            let talk = talk_over(Network::default(), setup, &mut greylists_then_closed());
            assert!(
                talk.deferrals_given <= u32::from(refusals_max),
                "{}",
                talk.script()
            );
            assert_eq!(talk.refusals, 0);
            assert!(talk.parked.is_some());
        }
    }
}

#[test]
fn parked_time_is_bounded_by_the_scope() {
    let tester = tester();
    for (hours, parks) in [(0, false), (1, true)] {
        let setup = Setup {
            parked_hours_max: hours,
            ..setup(&tester, Depth::Quick)
        };
        let talk = talk_over(Network::default(), setup, &mut greylists_then_open());
        assert_eq!(talk.parked.is_some(), parks);
    }
}

#[test]
fn transport_failures_are_evidence() {
    use OpenFailure::{NoAnswer, NoSlot, OutOfScope, Refused, Unreachable};
    const NONE: Option<OpenFailure> = None;
    let tester = tester();
    for (opens, words) in [
        (&[Some(NoAnswer)][..], "inconclusive: no-answer"),
        (&[Some(Unreachable)], "inconclusive: no-answer"),
        (&[Some(Refused)], "inconclusive: refused"),
        (&[Some(OutOfScope)], "inconclusive: limit-reached"),
        (&[Some(NoSlot), Some(NoSlot)], "closed: relay-denied"),
        (&[Some(NoSlot); 5], "inconclusive: limit-reached"),
        (&[NONE, Some(NoAnswer)], "closed: relay-denied"),
        (
            &[NONE, Some(Refused), Some(Refused), Some(Refused)],
            "inconclusive: cut-off",
        ),
    ] {
        let network = Network {
            opens,
            ..Network::default()
        };
        let talk = talk_over(network, setup(&tester, Depth::Full), &mut closed_postfix());
        assert_eq!(talk.words(), words, "{opens:?}\n{}", talk.script());
    }
}

#[test]
fn a_server_that_never_greets_is_waited_for_thirty_seconds() {
    let mut server = Peer::new("", PLAIN, |_| Some(Answer::Nothing));
    let talk = talk(Depth::Full, &mut server);
    assert_eq!(talk.words(), "inconclusive: tarpit");
    assert!(
        talk.ended <= Instant::from_millis(100_000),
        "{:?}",
        talk.ended
    );
}

#[test]
fn ten_minutes_of_connection_are_enough() {
    let talk = talk(Depth::Full, &mut tarpit());
    assert_eq!(talk.evidence.finish(), Finish::TimeOver);
    assert!(
        talk.ended <= Instant::from_millis(601_000),
        "{:?}",
        talk.ended
    );
    assert!(talk.evidence.slowest() >= Millis(20_000));
}

#[test]
fn every_revision_of_a_greylisted_job_is_merged_into_one() {
    let tester = tester();
    // Opens at the third retry only.
    let mut server = Peer::new("220 mail.example.org ESMTP", PIPELINING, |session| {
        (is_rcpt(session) && session.now_ms < 3_600_000)
            .then(|| "450 4.2.0 Recipient address rejected: Greylisted".into())
    });
    let mut resume = None;
    let mut began = Instant::BOOT;
    let mut revisions = Vec::new();
    loop {
        let setup = Setup {
            resume,
            ..setup(&tester, Depth::Quick)
        };
        let network = Network {
            began,
            ..Network::default()
        };
        let talk = talk_over(network, setup, &mut server);
        revisions.push(talk.evidence.clone());
        let Some((until, parked)) = talk.parked else {
            break;
        };
        resume = Some(parked);
        began = until;
    }
    assert_eq!(revisions.len(), 4);
    let mut whole = revisions[0].clone();
    for (place, revision) in revisions.iter().enumerate().skip(1) {
        whole.merge(revision);
        assert_eq!(
            judge_relay(&whole),
            judge_relay(revision),
            "revision {place}"
        );
    }
    assert_eq!(judge_relay(&whole).kind, Kind::Suspected);
    let connections: usize = revisions.iter().map(|of| of.connections().count()).sum();
    assert_eq!(whole.connections().count(), connections);

    // What comes after and says less, or says no, takes nothing back.
    for later in [
        talk(Depth::Quick, &mut closed_postfix()).evidence,
        talk(Depth::Quick, &mut tarpit()).evidence,
        RelayEvidence::default(),
    ] {
        whole.merge(&later);
        assert_eq!(judge_relay(&whole).kind, Kind::Suspected);
    }
}

#[test]
fn a_reply_without_end_is_no_smtp_however_long_its_octets_take() {
    let tester = tester();
    for (without_end, at_ms) in [("250-and much more; ", 10), ("250-SIZE 1\r\n", 200)] {
        let mut server = Peer::new("220 mail.example.org ESMTP", PLAIN, |session| {
            session
                .line
                .starts_with("EHLO")
                .then(|| Answer::Dribble(at_ms, without_end.repeat(16 * 1_024).into_bytes()))
        });
        let network = Network {
            piece: 2_048,
            ..Network::default()
        };
        let talk = talk_over(network, setup(&tester, Depth::Quick), &mut server);
        assert_eq!(talk.words(), "inconclusive: not-smtp");
        assert_eq!(
            talk.evidence.slowest() >= TARPIT_REPLY,
            at_ms == 200,
            "{:?}",
            talk.evidence.slowest()
        );
    }
}
