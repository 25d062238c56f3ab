//! Test messages: who gets them, in what order, and what comes of them.

mod endings;
mod envelopes;

use std::cell::Cell;

use super::servers::{PIPELINING, PLAIN, is_rcpt};
use crate::{
    dialogue::OpenFailure,
    evidence::{Delivery, Fate, Finish, RelayEvidence},
    name::Name,
    relay::{
        Hello, PARKED_FOR, PairId, PairSet, RETURN_WAITS, Setup,
        peer::{Answer, Network, Peer, Session, setup, talk_over, tester},
    },
    scope::{self, Depth},
    tester::Tester,
    time::Instant,
    verdict::judge_relay,
};

/// What came of a job with all its pauses.
struct Job {
    /// All revisions together, as the host has them.
    whole: RelayEvidence,
    /// The last revision alone, as the device has it.
    last: RelayEvidence,
    /// Seconds from each pause to the next turn.
    pauses: Vec<u64>,
    messages: Vec<String>,
    script: String,
    refusals: u8,
    connections: u32,
}

impl Job {
    fn words(&self) -> String {
        let verdict = judge_relay(&self.whole);
        assert_eq!(
            verdict,
            judge_relay(&self.last),
            "the device's own last verdict\n{}",
            self.script
        );
        format!("{}: {}", verdict.kind.as_str(), verdict.reason.as_str())
    }

    /// Under which pairs, with what end.
    fn deliveries(&self) -> Vec<(String, Fate)> {
        let name = |delivery: &Delivery| {
            let pair = delivery.pair.pair();
            let hello = if pair.hello == Hello::Own { "" } else { "F12 " };
            let forms = (pair.sender.info().id, pair.recipient.info().id);
            format!("{hello}{}/{}", forms.0, forms.1)
        };
        let deliveries = self.whole.proof().deliveries().iter();
        deliveries.map(|of| (name(of), of.fate)).collect()
    }
}

fn allowed() -> Tester {
    let mut tester = tester();
    tester.delivery.allowed = true;
    tester
}

/// Runs a job to its end. `returns` says which messages have come back when it goes on.
fn deliver(
    tester: &Tester,
    depth: Depth,
    network: Network,
    peer: &mut Peer<'_>,
    returns: impl Fn(&[Delivery]) -> PairSet,
) -> Job {
    over(network, setup(tester, depth), peer, returns)
}

/// The same, on a perfect network and with everything that a job may be told.
fn deliver_with(
    setup: Setup<'_>,
    peer: &mut Peer<'_>,
    returns: impl Fn(&[Delivery]) -> PairSet,
) -> Job {
    over(Network::default(), setup, peer, returns)
}

fn over(
    network: Network,
    setup: Setup<'_>,
    peer: &mut Peer<'_>,
    returns: impl Fn(&[Delivery]) -> PairSet,
) -> Job {
    let mut setup = Setup {
        deliver: true,
        ..setup
    };
    let mut began = Instant::BOOT;
    let mut job: Option<Job> = None;
    loop {
        let network = Network { began, ..network };
        let talk = talk_over(network, setup, peer);
        let mut whole = job.as_ref().map_or_else(
            || talk.evidence.clone(),
            |job| {
                let mut whole = job.whole.clone();
                whole.merge(&talk.evidence);
                whole
            },
        );
        let before = job.unwrap_or_else(|| Job {
            whole: RelayEvidence::default(),
            last: RelayEvidence::default(),
            pauses: Vec::new(),
            messages: Vec::new(),
            script: String::new(),
            refusals: 0,
            connections: 0,
        });
        let mut now = Job {
            last: talk.evidence.clone(),
            script: before.script + &talk.script() + "\n[pause]\n",
            refusals: before.refusals + talk.refusals,
            connections: before.connections + talk.connections,
            pauses: before.pauses,
            messages: before.messages,
            whole: whole.clone(),
        };
        now.messages.extend(talk.messages);
        let Some((until, parked)) = talk.parked else {
            return now;
        };
        assert_ne!(parked.awaits_acknowledgement(), parked.attempts() > 0);
        assert_eq!(whole.finish(), Finish::Parked);
        now.pauses.push(until.since(talk.ended).0 / 1_000);
        setup.resume = Some(parked);
        setup.refusals_max = setup.refusals_max.saturating_sub(talk.refusals);
        setup.hours = 999;
        setup.returned = returns(whole.proof().deliveries());
        // As the device's sink tells the host.
        for pair in setup.returned.iter() {
            whole.arrived(crate::arrival::Sense::Relayed(pair));
        }
        now.whole = whole;
        began = until;
        job = Some(now);
    }
}

/// Counts the connections of a server over all of a job's turns; the first is the battery's.
fn counted<'a>(
    offers: &'a [&'a str],
    answer: impl Fn(u32, &Session) -> Option<Answer> + 'a,
) -> Peer<'a> {
    let connections = Cell::new(0);
    Peer::new("220 mail.example.org", offers, move |session| {
        if session.line.is_empty() {
            connections.set(connections.get() + 1);
        }
        answer(connections.get(), session)
    })
}

fn is_verb(session: &Session, verb: &str) -> bool {
    session.line.split([' ', ':']).next() == Some(verb)
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// The senders of the messages that went out, in their order, with `s` for a token.
fn senders(job: &Job) -> Vec<&str> {
    let mut sender = "";
    let lines = job.script.lines().filter_map(|line| {
        sender = line.strip_prefix("C: MAIL FROM:").unwrap_or(sender);
        (line == "C: DATA").then_some(sender)
    });
    lines.collect()
}

fn nothing(_: &[Delivery]) -> PairSet {
    PairSet::EMPTY
}

fn all_taken(deliveries: &[Delivery]) -> PairSet {
    let taken = deliveries.iter().filter(|of| of.fate == Fate::Accepted);
    taken.map(|of| of.pair).collect()
}

fn only_the_first(deliveries: &[Delivery]) -> PairSet {
    all_taken(deliveries.get(..1).unwrap_or_default())
}

/// A server that takes every envelope, with an answer of its own at one step.
fn takes_all<'a>(
    offers: &'a [&'a str],
    verb: &'static str,
    answer: impl Fn(&Session) -> Option<Answer> + 'a,
) -> Peer<'a> {
    Peer::new("220 mail.example.org ESMTP", offers, move |session| {
        (session.line == verb).then(|| answer(session)).flatten()
    })
}

fn open<'a>(offers: &'a [&'a str]) -> Peer<'a> {
    takes_all(offers, "", |_| None)
}

/// What the client says in the first turn that delivers.
fn delivering(job: &Job) -> Vec<&str> {
    let turn = job.script.split("[pause]").nth(1).unwrap_or_default();
    turn.lines()
        .filter_map(|line| line.strip_prefix("C: "))
        .collect()
}

#[test]
fn a_message_that_comes_back_is_followed_by_one_more_of_another_form() {
    for offers in [PIPELINING, PLAIN] {
        for depth in super::DEPTHS {
            let tester = allowed();
            let job = deliver(
                &tester,
                depth,
                Network::default(),
                &mut open(offers),
                all_taken,
            );
            assert_eq!(job.words(), "confirmed: message-returned");
            let expected = [("F1/T1", Fate::Accepted), ("F2/T1", Fate::Accepted)];
            let expected = expected.map(|(pair, fate)| (pair.to_string(), fate));
            assert_eq!(job.deliveries(), expected, "{}", job.script);
            assert_eq!(job.messages.len(), 2);
            assert_ne!(job.messages[0], job.messages[1]);
            assert_eq!(job.pauses, [0, 15, 15]);
            assert_eq!(job.whole.proof().returned_of_taken(), (2, 2));
        }
    }
}

#[test]
fn a_honeypot_that_sends_one_on_shows_in_the_evidence() {
    let tester = allowed();
    let job = deliver(
        &tester,
        Depth::Standard,
        Network::default(),
        &mut open(PIPELINING),
        only_the_first,
    );
    assert_eq!(job.words(), "confirmed: message-returned");
    assert_eq!(job.whole.proof().returned_of_taken(), (1, 2));
    assert_eq!(job.last.proof().returned_of_taken(), (1, 2));
    assert_eq!(job.pauses, [0, 15, 15, 30]);
}

#[test]
fn where_nothing_comes_back_the_next_best_are_tried_and_never_more_than_three() {
    for depth in super::DEPTHS {
        let tester = allowed();
        let job = deliver(
            &tester,
            depth,
            Network::default(),
            &mut open(PIPELINING),
            nothing,
        );
        assert_eq!(job.words(), "accepted: nothing-returned");
        let forms: Vec<_> = job.deliveries().into_iter().map(|(form, _)| form).collect();
        let expected: &[&str] = match depth {
            Depth::Quick | Depth::Standard => &["F1/T1", "F2/T1"],
            Depth::Full => &["F1/T1", "F2/T1", "F9/T1"],
        };
        assert_eq!(forms, expected, "{}", job.script);
        let waits: Vec<_> = RETURN_WAITS.iter().map(|wait| wait.0 / 1_000).collect();
        let waited = [vec![0], waits.repeat(forms.len())].concat();
        assert_eq!(job.pauses, waited);
        assert_eq!(
            job.whole.finish(),
            if depth == Depth::Full {
                Finish::Tested
            } else {
                Finish::Settled
            }
        );
    }
}

#[test]
fn the_smallest_buffer_carries_the_same_message() {
    let tester = allowed();
    let small = Network {
        transmit: crate::dialogue::TRANSMIT_OCTETS_MIN,
        ..Network::default()
    };
    let [one, other] = [small, Network::default()].map(|network| {
        deliver(
            &tester,
            Depth::Full,
            network,
            &mut open(PIPELINING),
            nothing,
        )
    });
    assert_eq!(one.messages, other.messages);
    assert_eq!(one.messages.len(), 3);
}

#[test]
fn a_message_has_its_token_in_its_id_and_last() {
    let tester = allowed();
    let job = deliver(
        &tester,
        Depth::Quick,
        Network::default(),
        &mut open(PIPELINING),
        all_taken,
    );
    for (message, pair) in job
        .messages
        .iter()
        .zip([PairId::DECIDING, PairId::EMPTY_SENDER])
    {
        let token = message.lines().last().unwrap();
        let found: Vec<_> = crate::token::Token::all_in(message.as_bytes())
            .filter(|token| token.role == crate::token::Role::Message)
            .collect();
        assert_eq!(found.len(), 2, "{message}");
        assert_eq!(found[0], found[1]);
        assert_eq!(found[0].text(), token);
        assert_eq!(usize::from(found[0].pair()), pair.index());
        let target = "192.0.2.1:25".parse().unwrap();
        assert!(tester.signer.verify(&found[0], target));
    }
}
