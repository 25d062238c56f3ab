//! Every personality does what its truth says, form by form. The forms are written down by hand
//! ([`host_sim::post::examples`]), so that a mistake in the battery cannot hide in the test of the servers.

use std::{net::SocketAddr, time::Duration};

use host_sim::{
    peers::{Fate, Personality, Step, fate, fate_under},
    post::examples::{HELLOS, RECIPIENTS, SENDERS},
    server::{Conversation, Server, Turn},
};

#[test]
fn every_personality_does_what_its_truth_says() {
    let mut contradictions = Vec::new();
    for personality in Personality::every() {
        let mut server = personality.at("mail.h.example", &["h.example"]).server();
        let server = server.as_mut();
        for (sender_id, sender) in SENDERS {
            for (recipient_id, recipient) in RECIPIENTS {
                let declared = fate(personality.truth, sender_id, recipient_id);
                let name = personality.name;
                let context = format!("{name}: {sender_id} {sender}, {recipient_id} {recipient}");
                let mut attempt = Attempt {
                    hello: HELLOS[0].1,
                    sender,
                    resets: recipient_id == "T1-after-reset",
                    first: (recipient_id == "T24").then_some("<postmaster>"),
                    recipient,
                    now: Duration::ZERO,
                };
                if let Some(wrong) = contradiction(server, &mut attempt, declared) {
                    contradictions.push(format!("{context}: {wrong}"));
                }
            }
        }
        for (hello_id, hello) in HELLOS {
            let declared = fate_under(personality.truth, hello_id, "F1", "T1");
            let context = format!("{}: T1 as {hello}", personality.name);
            let mut attempt = Attempt {
                hello,
                sender: SENDERS[0].1,
                resets: false,
                first: None,
                recipient: RECIPIENTS[0].1,
                now: Duration::from_secs(2_000),
            };
            if let Some(wrong) = contradiction(server, &mut attempt, declared) {
                contradictions.push(format!("{context}: {wrong}"));
            }
        }
    }
    assert!(contradictions.is_empty(), "{contradictions:#?}");
}

/// What is wrong with the fate that is declared for an attempt.
fn contradiction(
    server: &mut dyn Server,
    attempt: &mut Attempt<'_>,
    declared: Fate,
) -> Option<String> {
    let first = send(server, attempt);
    // Once more after any greylisting.
    attempt.now += Duration::from_secs(600);
    let later = match send(server, attempt) {
        // A client whose connection was dropped comes again.
        Seen::Nothing => send(server, attempt),
        seen => seen,
    };
    let holds = match declared {
        Fate::NotToBeJudged => first != Seen::Taken && later != Seen::Taken,
        // What becomes of a message that was taken does not show on the connection.
        Fate::Relayed | Fate::Kept | Fate::Discarded | Fate::Bounced => later == Seen::Taken,
        Fate::Refused(step) => first != Seen::Taken && later == Seen::Refused(step),
    };
    (!holds).then(|| format!("{declared:?}, but {first:?} and then {later:?}"))
}

/// An envelope, and when it is sent.
struct Attempt<'a> {
    hello: &'a str,
    sender: &'a str,
    /// Whether it goes behind a RSET.
    resets: bool,
    /// A recipient before the one in question.
    first: Option<&'a str>,
    recipient: &'a str,
    now: Duration,
}

/// What one attempt saw.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Refused(Step),
    Taken,
    /// No reply to judge by.
    Nothing,
}

/// Sends a message on a connection of its own.
fn send(server: &mut dyn Server, attempt: &Attempt<'_>) -> Seen {
    let caller: SocketAddr = "203.0.113.1:40000".parse().unwrap();
    let mut client = Client {
        conversation: server.answer(caller),
        now: attempt.now,
        timer: None,
        over: false,
    };
    let greeting = client.event(|conversation, turn| conversation.on_open(turn));
    let mut hello = client.say(&format!("EHLO {}", attempt.hello));
    if hello.starts_with('5') {
        hello = client.say(&format!("HELO {}", attempt.hello));
    }
    let mut ready = vec![greeting, hello];
    if attempt.resets {
        ready.push(client.say("RSET"));
    }
    if ready.iter().any(|reply| !reply.starts_with('2')) {
        return Seen::Nothing;
    }
    let first = attempt
        .first
        .map(|first| (format!("RCPT TO:{first}"), Step::Rcpt));
    let commands = [(format!("MAIL FROM:{}", attempt.sender), Step::Mail)]
        .into_iter()
        .chain(first)
        .chain([
            (format!("RCPT TO:{}", attempt.recipient), Step::Rcpt),
            ("DATA".to_owned(), Step::Data),
            ("Subject: test\r\n\r\ntest\r\n.".to_owned(), Step::Dot),
        ]);
    for (command, step) in commands {
        // The last line's code is the reply's.
        let reply = client.say(&command);
        match reply.lines().last().and_then(|line| line.chars().next()) {
            Some('2' | '3') => {}
            Some('4' | '5') => return Seen::Refused(step),
            _ => return Seen::Nothing,
        }
    }
    Seen::Taken
}

struct Client {
    conversation: Box<dyn Conversation>,
    now: Duration,
    timer: Option<Duration>,
    over: bool,
}

/// How long a client waits for a reply: longer than any truth takes to come out.
const PATIENCE: Duration = Duration::from_secs(600);

/// How much of a reply a client reads.
const REPLY_OCTETS_MAX: usize = 128 * 1_024;

impl Client {
    fn say(&mut self, line: &str) -> String {
        if self.over {
            return String::new();
        }
        let octets = format!("{line}\r\n");
        self.event(|conversation, turn| conversation.on_octets(octets.as_bytes(), turn))
    }

    /// Gives the conversation an event and waits for the whole reply.
    fn event(&mut self, event: impl FnOnce(&mut dyn Conversation, &mut Turn)) -> String {
        let mut turn = Turn::new(self.now, self.timer);
        event(self.conversation.as_mut(), &mut turn);
        let deadline = self.now + PATIENCE;
        let mut said = String::new();
        loop {
            self.timer = turn.timer();
            self.over = turn.is_closed();
            said.push_str(&String::from_utf8_lossy(turn.sent()));
            if said.len() > REPLY_OCTETS_MAX {
                self.over = true;
                return String::new();
            }
            if self.over || is_whole(&said) {
                return said;
            }
            match self.timer {
                Some(due) if due <= deadline => self.now = due,
                _ => return said,
            }
            turn = Turn::new(self.now, None);
            self.conversation.on_timer(&mut turn);
        }
    }
}

/// Whether the last line of `said` is complete and ends a reply.
fn is_whole(said: &str) -> bool {
    let last = said.lines().last().unwrap_or_default();
    said.ends_with('\n') && last.as_bytes().get(3) != Some(&b'-')
}
