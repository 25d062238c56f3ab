use std::net::SocketAddr;

use super::*;
use crate::{
    arrival::{Arrival, Marks, What},
    dialogue::{Close, End},
    evidence::{Observation, RelayEvidence},
    finding::{DeviceId, JobSerial},
    relay::{PairId, PairSet, RelayDialogue, Setup as RelaySetup},
    scope::{Depth, fixture},
    suspect::Suspect,
    tester::Tester,
    time::Utc,
    token::{Key, Role, Token},
    verdict::{Kind, judge_relay},
};

/// A sink whose every recipient with a token counts and whose arrivals are all recorded.
struct Peer {
    sink: Sink,
    now: Instant,
    until: Instant,
    said: String,
    arrivals: Vec<Arrival>,
    over: bool,
}

impl Peer {
    fn new() -> Self {
        let setup = Setup {
            domain: Name::new("sink.example.net").unwrap(),
            sender_domain: Name::new("sink.example.net").unwrap(),
            address: None,
            nonce: Nonce::issue(&Key::new([7; 16]), Utc(1_000), [0; 3]),
            speaks_http: false,
        };
        let mut peer = Self {
            sink: Sink::new(setup),
            now: Instant::from_millis(5),
            until: Instant::BOOT,
            said: String::new(),
            arrivals: Vec::new(),
            over: false,
        };
        peer.turn(Input::Accepted {
            local: SocketAddr::from(([198, 51, 100, 7], 25)),
            remote: SocketAddr::from(([203, 0, 113, 5], 40_000)),
        });
        peer
    }

    fn turn(&mut self, input: Input<'_>) {
        let mut lent = [0; 512];
        let generation = self.sink.generation();
        let mut turn = self.sink.turn(self.now, generation, input);
        loop {
            match turn.next(&mut lent) {
                Output::Transmit { octets, .. } => {
                    self.said += std::str::from_utf8(&lent[..octets]).unwrap();
                }
                Output::Ask(Question::Recipient(recipient)) => {
                    let answer = match token_of(recipient, |_| None) {
                        Found::Token(token) => Answer::Token(token),
                        Found::Forged | Found::Nothing => Answer::No,
                    };
                    turn.answer(&answer);
                }
                Output::Ask(Question::Record(arrival)) => {
                    self.arrivals.push(arrival.clone());
                    turn.answer(&Answer::Yes);
                }
                Output::Close(_) => self.over = true,
                Output::Wait { until, .. } => {
                    self.until = until;
                    return;
                }
                Output::Done => {
                    self.over = true;
                    return;
                }
                other => panic!("a sink does not {other:?}"),
            }
        }
    }

    /// What the sink says to these lines.
    fn says(&mut self, lines: &str) -> String {
        self.said.clear();
        let octets = lines.replace('\n', "\r\n");
        self.turn(Input::Received {
            octets: octets.as_bytes(),
            source: None,
        });
        self.said.clone()
    }

    fn code(&mut self, lines: &str) -> String {
        let said = self.says(lines);
        said.lines()
            .last()
            .unwrap_or_default()
            .chars()
            .take(3)
            .collect()
    }

    fn with_recipient(token: &Token) -> Self {
        let mut peer = Self::new();
        peer.says("HELO a\nMAIL FROM:<>\n");
        let rcpt = format!("RCPT TO:<{}@sink.example.net>\n", token.text());
        assert_eq!(peer.code(&rcpt), "250");
        peer
    }
}

fn token(role: Role, serial: u64) -> Token {
    Token::unsigned(role, JobSerial(serial), 3, 12)
}

#[test]
fn a_hundred_recipients_and_few_different_ones() {
    let mut peer = Peer::with_recipient(&token(Role::Recipient, 1));
    let rcpt = |serial| {
        let token = token(Role::Recipient, serial);
        format!("RCPT TO:<{}@sink.example.net>\n", token.text())
    };
    for serial in 2..=RECIPIENTS_KEPT_MAX as u64 {
        assert_eq!(peer.code(&rcpt(serial)), "250");
    }
    assert_eq!(peer.code(&rcpt(77)), "452");
    for _ in RECIPIENTS_KEPT_MAX..usize::from(RECIPIENTS_MAX) {
        assert_eq!(peer.code(&rcpt(1)), "250");
    }
    assert_eq!(peer.code(&rcpt(1)), "452");
    peer.says("QUIT\n");
    assert_eq!(peer.arrivals.len(), RECIPIENTS_KEPT_MAX);
}

#[test]
fn a_connection_has_its_limits() {
    let mut peer = Peer::new();
    for _ in 0..COMMANDS_MAX {
        assert_eq!(peer.code("NOOP\n"), "250");
    }
    assert_eq!(peer.code("NOOP\n"), "421");
    assert!(peer.over);

    let mut peer = Peer::new();
    assert_eq!(peer.code("HELO a\n"), "250");
    for _ in 0..TRANSACTIONS_MAX {
        assert_eq!(peer.code("MAIL FROM:<>\nRSET\n"), "250");
    }
    assert_eq!(peer.code("MAIL FROM:<>\n"), "421");
    assert!(peer.over);

    let mut peer = Peer::new();
    for _ in 1..ERRORS_MAX {
        assert_eq!(peer.code("WHAT\n"), "500");
    }
    assert_eq!(peer.code("WHAT\n"), "421");
    assert!(peer.over);

    let mut peer = Peer::new();
    let began = peer.now;
    while peer.until < began + SESSION_MAX {
        peer.now = Instant::from_millis(peer.until.as_millis() - 1);
        assert_eq!(peer.code("NOOP\n"), "250");
    }
    peer.now = peer.until;
    assert_eq!(peer.code("NOOP\n"), "421");
    assert_eq!(peer.now, began + SESSION_MAX);
}

#[test]
fn long_lines() {
    let mut peer = Peer::new();
    let fits = "x".repeat(COMMAND_OCTETS_MAX as usize - "NOOP ".len());
    assert_eq!(peer.code(&format!("NOOP {fits}\n")), "250");
    assert_eq!(peer.code(&format!("NOOP {fits}x\n")), "500");
    assert_eq!(peer.code("HELO a\n"), "250");
    // The parameters of a long line may be out of sight; its path is not.
    let path = format!("<{}@{}>", "a".repeat(64), "b".repeat(189));
    assert_eq!(path.len(), 256);
    let rest = "x".repeat(600);
    assert_eq!(peer.code(&format!("MAIL FROM:{path} AUTH={rest}\n")), "250");
    assert_eq!(peer.code("RSET\n"), "250");
    assert_eq!(peer.code(&format!("MAIL FROM:<{rest}> SIZE=1\n")), "501");
}

#[test]
fn a_long_message_is_looked_at_in_part_and_a_very_long_one_is_not_taken() {
    let (recipient, ours) = (token(Role::Recipient, 1), token(Role::Message, 1));
    let line = format!("{}\n", "y".repeat(998));
    for (octets, token_at, kept, answer) in [
        (MESSAGE_OCTETS_LOOKED_AT / 2, 0, true, "250"),
        (MESSAGE_OCTETS_LOOKED_AT * 2, 0, true, "250"),
        (
            MESSAGE_OCTETS_LOOKED_AT * 2,
            MESSAGE_OCTETS_LOOKED_AT + 1_000,
            false,
            "250",
        ),
        (MESSAGE_OCTETS_MAX, 0, true, "552"),
    ] {
        let mut peer = Peer::with_recipient(&recipient);
        assert_eq!(peer.code("DATA\n"), "354");
        for at in (0..=octets).step_by(1_000) {
            if at / 1_000 == token_at / 1_000 {
                peer.says(&format!("{}\n", ours.text()));
            }
            assert_eq!(peer.says(&line), "");
        }
        assert_eq!(peer.code(".\n"), answer, "{octets}");
        if answer != "250" {
            assert!(peer.arrivals.is_empty());
            continue;
        }
        let arrival = peer.arrivals.pop().unwrap();
        assert_eq!(arrival.content, kept.then_some(ours), "{octets}");
        let cut = arrival.octets > MESSAGE_OCTETS_LOOKED_AT;
        assert_eq!(arrival.marks.contains(Marks::MESSAGE_CUT), cut);
    }
}

/// Wherever it stands in a line that is longer than what is held at once.
#[test]
fn no_token_is_torn() {
    let (recipient, ours) = (token(Role::Recipient, 1), token(Role::Message, 1));
    for before in 0..2 * LINE_OCTETS_HELD {
        let mut peer = Peer::with_recipient(&recipient);
        let line = format!("{} {} end", ".".repeat(before), ours.text());
        assert_eq!(
            peer.code(&format!("DATA\nReceived: {line}\n\n{line}\n.\n")),
            "250"
        );
        let arrival = peer.arrivals.pop().unwrap();
        assert_eq!(arrival.content, Some(ours), "{before}");
        let stuffed = usize::from(before > 0);
        let octets = 2 * line.len() + "Received: ".len() + 3 * 2 - stuffed;
        assert_eq!(arrival.octets, octets as u32, "{before}");
        let value = line.trim_start();
        let whole = value.len() <= arrival.chain.capacity();
        assert_eq!(arrival.marks.contains(Marks::CHAIN_CUT), !whole, "{before}");
        assert!(value.starts_with(arrival.chain.as_str()), "{before}");
    }
}

#[test]
fn what_is_kept_is_text_and_told_where_it_is_cut() {
    let mut peer = Peer::new();
    let long = "\u{e9}".repeat(40);
    peer.says(&format!("HELO {long}\nMAIL FROM:<{long}{long}@a>\n"));
    let recipient = token(Role::Sender, 1).text();
    peer.says(&format!(
        "RCPT TO:<{}{recipient}@sink.example.net>\n",
        "=".repeat(128)
    ));
    peer.turn(Input::Ended(End::Fin));
    assert!(peer.over);
    let arrival = peer.arrivals.pop().unwrap();
    assert_eq!(arrival.what, What::Callout);
    assert_eq!(arrival.helo.as_str(), "?".repeat(64));
    assert_eq!(arrival.reverse_path.as_str(), "?".repeat(128));
    assert_eq!(arrival.recipient.as_str(), "=".repeat(128));
    let all_cut = Marks::HELO_CUT | Marks::REVERSE_PATH_CUT | Marks::RECIPIENT_CUT;
    assert_eq!(arrival.marks, all_cut);
}

/// Every form of our own battery, under every sender: none of them gets anywhere. What looks like a
/// local user with a token is one, as far as a sink can tell that does not know the job.
#[test]
fn it_relays_for_nobody() {
    let mut scope = fixture::scope(&["198.51.100.0/24"]);
    // The sink of somebody else: to its own domain a sink need not relay.
    scope.identity.sink_domain = Name::new("other.example.com").unwrap();
    scope.identity.sink_address = Some([192, 0, 2, 99].into());
    let tester = Tester::new(&scope, &Key::new([1; 16]), DeviceId([1; 8]));
    let suspect = Suspect {
        address: [198, 51, 100, 7].into(),
        port: 25,
        names: heapless::Vec::new(),
    };
    for (known, address) in [
        (vec!["sink.example.net"], [198, 51, 100, 7]),
        (vec!["example.net", "elsewhere.example"], [198, 51, 100, 7]),
    ] {
        let names: Vec<Name> = known.into_iter().map(|of| Name::new(of).unwrap()).collect();
        let mut dialogue = RelayDialogue::new(RelaySetup {
            target: scope.admit(&suspect, Utc(5_000)).unwrap(),
            names: &names,
            reverse: None,
            tester: &tester,
            depth: Depth::Full,
            serial: JobSerial(7),
            hours: 1,
            refusals_max: 120,
            parked_hours_max: 24,
            // A message needs a job that its sink knows.
            deliver: false,
            date: Utc(5_000),
            returned: PairSet::EMPTY,
            resume: None,
        });
        let mut evidence = RelayEvidence::default();
        let arrivals = battery(&mut dialogue, &mut evidence, address);
        let verdict = judge_relay(&evidence);
        assert!(
            matches!(verdict.kind, Kind::Closed | Kind::Inconclusive),
            "{verdict:?}"
        );
        let refused = PairId::all().filter(|pair| evidence.outcome(*pair).is_refused());
        assert!(refused.count() >= 30);
        for pair in PairId::all().filter(|pair| pair.pair().is_plainly_sink()) {
            assert!(!evidence.outcome(pair).is_accepted(), "{:?}", pair.pair());
        }
        for arrival in arrivals {
            // Of the second recipient of a transaction only the token is kept.
            if arrival.marks.contains(Marks::RECIPIENT_CUT) {
                continue;
            }
            let domain = arrival.recipient.rsplit('@').next().unwrap();
            let here = ["[198.51.100.7]", "sink.example.net"];
            assert!(here.contains(&domain), "{arrival:?}");
        }
    }
}

/// Plays a relay dialogue against sinks, one for each connection.
fn battery(
    dialogue: &mut RelayDialogue<'_>,
    evidence: &mut RelayEvidence,
    address: [u8; 4],
) -> Vec<Arrival> {
    let local = SocketAddr::from(([192, 0, 2, 200], 40_000));
    let remote = SocketAddr::from((address, 25));
    let mut arrivals = Vec::new();
    let mut sink: Option<Peer> = None;
    let mut now = Instant::from_millis(5);
    let mut news: Vec<Result<String, Input<'static>>> = vec![Err(Input::Start)];
    for _ in 0..10_000 {
        let next = if news.is_empty() {
            Err(Input::Timeout)
        } else {
            news.remove(0)
        };
        let input = match &next {
            Ok(octets) => Input::Received {
                octets: octets.as_bytes(),
                source: None,
            },
            Err(input) => *input,
        };
        let mut lent = [0; 600];
        let generation = dialogue.generation();
        let mut said = Vec::new();
        let mut turn = dialogue.turn(now, generation, input);
        loop {
            match turn.next(&mut lent) {
                Output::Observed(observation) => {
                    assert!(!matches!(observation, Observation::Delivered { .. }));
                    evidence.record(&observation);
                }
                Output::Open { .. } => {
                    let peer = Peer::new();
                    news = vec![Err(Input::Opened { local, remote }), Ok(peer.said.clone())];
                    sink = Some(peer);
                }
                Output::Transmit { octets, .. } => said.extend_from_slice(&lent[..octets]),
                Output::Close(Close::Fin | Close::Abort) => {
                    arrivals.extend(sink.take().into_iter().flat_map(|peer| peer.arrivals));
                    news.clear();
                }
                Output::Wait { until, .. } => {
                    now = if news.is_empty() && said.is_empty() {
                        until
                    } else {
                        now + Millis(20)
                    };
                    break;
                }
                Output::Done => return arrivals,
                other => panic!("the battery does not {other:?}"),
            }
        }
        if let (Some(peer), false) = (&mut sink, said.is_empty()) {
            peer.now = now;
            let text = String::from_utf8(said).unwrap().replace("\r\n", "\n");
            news.push(Err(Input::Sent));
            news.push(Ok(peer.says(&text)));
            if peer.over {
                news.push(Err(Input::Ended(End::Fin)));
            }
        }
    }
    panic!("the battery does not end");
}
