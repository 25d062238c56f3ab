//! The relay dialogue against a peer that says anything at any time.

use std::net::SocketAddr;

use probe_core::{
    dialogue::{Dialogue, End, Input, OpenFailure, Output, TRANSMIT_OCTETS_MIN},
    evidence::{Fate, RelayEvidence},
    finding::{DeviceId, JobSerial},
    frame::{decode_message, encode_message},
    name::Name,
    relay::{PairSet, RelayDialogue, Setup},
    scope::{Delivery, Depth},
    suspect::Suspect,
    tester::Tester,
    time::{Instant, Millis, Utc},
    token::Key,
    verdict::{Kind, judge_relay},
};

/// How many outputs a turn may have: a group of commands and a reply for each.
const OUTPUTS_OF_A_TURN_MAX: usize = 4_096;

/// The first octet chooses the depth, and with its highest bits which messages are sent. Then pieces of news, each behind one octet: its two highest
/// bits choose the kind, the others are the length of what a server says.
pub(crate) fn check(octets: &[u8]) {
    let Some((choice, news)) = octets.split_first() else {
        return;
    };
    let (deliver, forged, depth) = (choice & 0x80 != 0, choice & 0x40 != 0, choice & 0x3f);
    let mut scope = crate::scope::scope();
    scope.delivery = Delivery {
        allowed: deliver,
        forged_senders: forged,
        second_recipients: forged,
    };
    let tester = Tester::new(&scope, &Key::new([7; 16]), DeviceId([1; 8]));
    let suspect = Suspect {
        address: [192, 0, 2, 1].into(),
        port: 25,
        names: heapless::Vec::new(),
    };
    let target = scope.admit(&suspect, Utc(5_000)).expect("admitted");
    let names = [Name::new("example.org").expect("a name")];
    let mut setup = Setup {
        target,
        names: &names[..usize::from(depth & 1)],
        reverse: None,
        tester: &tester,
        depth: [Depth::Quick, Depth::Standard, Depth::Full][usize::from(depth >> 1) % 3],
        serial: JobSerial(7),
        hours: 1,
        refusals_max: 60,
        parked_hours_max: 24,
        deliver,
        date: Utc(5_000),
        returned: PairSet::EMPTY,
        resume: None,
    };
    let mut dialogue = RelayDialogue::new(setup);
    let mut peer = Peer {
        evidence: RelayEvidence::default(),
        whole: None,
        now: Instant::BOOT,
        said_yes: false,
        permitted: scope.delivery,
        names: setup.names,
        commands: Commands::default(),
    };
    let mut state = peer.turn(&mut dialogue, Input::Start);
    let mut rest = news;
    while let Some((kind, behind)) = rest.split_first() {
        let end = SocketAddr::from(([192, 0, 2, 200], 40_000));
        rest = behind;
        state = match state {
            State::Over => break,
            // A pause is over; what the server took may have come back meanwhile.
            State::Parked(until) if deliver => {
                setup.resume = dialogue.parked();
                setup.returned = if kind & 1 == 1 {
                    peer.taken()
                } else {
                    PairSet::EMPTY
                };
                dialogue = RelayDialogue::new(setup);
                peer.pause(until);
                peer.turn(&mut dialogue, Input::Start)
            }
            State::Parked(_) => break,
            State::Sending => peer.turn(&mut dialogue, Input::Sent),
            State::Opening => peer.turn(
                &mut dialogue,
                match kind {
                    0 => Input::OpenFailed(OpenFailure::Refused),
                    1 => Input::OpenFailed(OpenFailure::NoAnswer),
                    2 => Input::OpenFailed(OpenFailure::Unreachable),
                    3 => Input::OpenFailed(OpenFailure::NoSlot),
                    _ => Input::Opened {
                        local: end,
                        remote: target.endpoint(),
                    },
                },
            ),
            State::Waiting(until) => {
                let (said, behind) = rest.split_at(usize::from(kind & 0x3f).min(rest.len()));
                match kind >> 6 {
                    0 | 1 => {
                        rest = behind;
                        peer.said_yes |= said.contains(&b'2');
                        peer.turn(
                            &mut dialogue,
                            Input::Received {
                                octets: said,
                                source: None,
                            },
                        )
                    }
                    2 => {
                        peer.now = until;
                        peer.turn(&mut dialogue, Input::Timeout)
                    }
                    _ if kind & 1 == 0 => peer.turn(&mut dialogue, Input::Ended(End::Fin)),
                    _ => peer.turn(&mut dialogue, Input::Ended(End::Reset)),
                }
            }
        };
    }
    peer.holds();
}

enum State {
    Opening,
    Sending,
    Waiting(Instant),
    Parked(Instant),
    Over,
}

struct Peer<'a> {
    /// Of this turn of the job.
    evidence: RelayEvidence,
    /// Of all turns before it.
    whole: Option<RelayEvidence>,
    now: Instant,
    /// Something that may have been a 2xx.
    said_yes: bool,
    permitted: Delivery,
    /// The domains of the list.
    names: &'a [Name],
    commands: Commands,
}

impl Peer<'_> {
    fn whole(&self) -> RelayEvidence {
        match &self.whole {
            Some(before) => {
                let mut whole = before.clone();
                whole.merge(&self.evidence);
                whole
            }
            None => self.evidence.clone(),
        }
    }

    fn taken(&self) -> PairSet {
        let whole = self.whole();
        let deliveries = whole.proof().deliveries().iter();
        let taken = deliveries.filter(|delivery| delivery.fate == Fate::Accepted);
        taken.map(|delivery| delivery.pair).collect()
    }

    fn pause(&mut self, until: Instant) {
        self.whole = Some(self.whole());
        self.evidence = RelayEvidence::default();
        self.now = until;
        self.commands = Commands::default();
    }

    fn turn(&mut self, dialogue: &mut RelayDialogue<'_>, input: Input<'_>) -> State {
        self.now = self.now + Millis(5);
        let mut lent = [0; TRANSMIT_OCTETS_MIN];
        let (mut opens, mut says) = (false, false);
        let generation = dialogue.generation();
        let mut turn = dialogue.turn(self.now, generation, input);
        for _ in 0..OUTPUTS_OF_A_TURN_MAX {
            match turn.next(&mut lent) {
                Output::Observed(observation) => self.evidence.record(&observation),
                Output::Transmit { octets, .. } => {
                    says = true;
                    self.commands
                        .take(&lent[..octets], self.permitted, self.names);
                }
                Output::Open { by, .. } => {
                    assert!(by > self.now);
                    opens = true;
                }
                Output::Close(_) | Output::Secure { .. } => {}
                Output::Ask(_) => panic!("it does not listen"),
                Output::Wait { .. } if opens => return State::Opening,
                Output::Wait { .. } if says => return State::Sending,
                Output::Wait { until, .. } => return State::Waiting(until),
                Output::Park { until } => {
                    assert!(until > self.now);
                    assert!(dialogue.parked().is_some());
                    return State::Parked(until);
                }
                Output::Done => return State::Over,
            }
        }
        panic!("a turn does not end");
    }

    /// What must be true of the evidence, whatever came.
    fn holds(&self) {
        for evidence in [&self.evidence, &self.whole()] {
            let verdict = judge_relay(evidence);
            let proof = evidence.proof();
            assert!(verdict.kind != Kind::Confirmed || !proof.returned().is_empty());
            let was_taken = proof
                .deliveries()
                .iter()
                .any(|delivery| delivery.fate == Fate::Accepted);
            assert!(verdict.kind != Kind::Accepted || was_taken);
            assert!(self.permitted.allowed || proof.is_empty());
            assert!(verdict.kind > Kind::Suspected || self.said_yes);
        }
        let mut octets = Vec::new();
        let put = encode_message(&self.evidence, &mut |octet| {
            octets.push(octet);
            true
        });
        assert!(put.is_some());
        let back = decode_message::<RelayEvidence>(&octets);
        assert_eq!(back.as_ref(), Some(&self.evidence));
    }
}

/// What the client says: whole lines, in text, with nothing of the peer's between them.
#[derive(Default)]
struct Commands {
    hello: String,
    mail: String,
    /// DATA was said last.
    said_data: bool,
    /// The lines that come are a message's.
    in_message: bool,
}

impl Commands {
    fn take(&mut self, octets: &[u8], permitted: Delivery, names: &[Name]) {
        let text = std::str::from_utf8(octets).expect("commands are text");
        assert!(text.ends_with("\r\n"));
        for line in text.split_terminator("\r\n") {
            assert!(line.len() + 2 <= 512);
            assert!(
                line.bytes().all(|octet| (b' '..=b'~').contains(&octet)),
                "{line:?}"
            );
            self.in_message |= self.said_data && line.starts_with("Date: ");
            self.said_data = line == "DATA" && !self.in_message;
            if self.in_message {
                assert!(line.len() <= 78 && (!line.starts_with('.') || line == "."));
                self.in_message = line != ".";
                continue;
            }
            let (verb, rest) = line.split_once([' ', ':']).unwrap_or((line, ""));
            match verb {
                "EHLO" | "HELO" => self.hello = rest.into(),
                "MAIL" => self.mail = rest.into(),
                "DATA" => {
                    assert!(permitted.allowed);
                    let is_ours = self.mail.contains("cert.example.net")
                        || self.mail == "FROM:<>"
                        || self.mail.ends_with("@>");
                    let own_name = self.hello == "probe.cert.example.net";
                    assert!(
                        permitted.forged_senders || (is_ours && own_name),
                        "{}",
                        self.mail
                    );
                    let (_, domain) = self.mail.rsplit_once('@').unwrap_or_default();
                    for claimed in [&self.hello[..], domain.trim_end_matches('>')] {
                        let is_nobodys = ["", "localhost", "[192.0.2.1]"].contains(&claimed);
                        let is_vouched_for = is_nobodys
                            || Name::new(claimed).is_ok_and(|claimed| {
                                let ours = Name::new("cert.example.net").expect("a name");
                                let mut vouched = names.iter().chain([&ours]);
                                vouched.any(|name| claimed.is_under(name))
                            });
                        assert!(is_vouched_for, "{claimed}");
                    }
                }
                "RCPT" | "RSET" | "QUIT" | "STARTTLS" => {}
                _ => panic!("{line:?}"),
            }
        }
    }
}
