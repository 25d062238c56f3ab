//! Every personality does what its truth says, form by form. The forms are written down here
//! once more, by hand, so that a mistake in the battery cannot hide in the test of the servers.

use std::{net::SocketAddr, time::Duration};

use host_sim::{
    peers::{Fate, Personality, Step, fate},
    server::{Conversation, Server, Turn},
};

const SENDERS: [(&str, &str); 11] = [
    ("F1", "<s@probe.example>"),
    ("F2", "<>"),
    ("F3", "<s@h.example>"),
    ("F4", "<s@[192.0.2.25]>"),
    ("F5", "<s@localhost>"),
    ("F6", "<s>"),
    ("F7", "<postmaster@h.example>"),
    ("F8", "<probe.example!s>"),
    ("F9", "<s@nonexistent.probe.example>"),
    ("F10", "<s@>"),
    ("F11", "s@probe.example"),
];

const RECIPIENTS: [(&str, &str); 26] = [
    ("T1", "<u@sink.example>"),
    ("T2", "u@sink.example"),
    ("T3", "<u%sink.example@mail.h.example>"),
    ("T4", "<u%sink.example@[192.0.2.25]>"),
    ("T5", "<u%sink.example>"),
    ("T6", "<\"u@sink.example\">"),
    ("T7", "<\"u%sink.example\">"),
    ("T8", "<\"u@sink.example\"@mail.h.example>"),
    ("T9", "<\"u@sink.example\"@[192.0.2.25]>"),
    ("T10", "<u@sink.example@mail.h.example>"),
    ("T11", "<u@sink.example@[192.0.2.25]>"),
    ("T12", "<@mail.h.example:u@sink.example>"),
    ("T13", "<@[192.0.2.25]:u@sink.example>"),
    ("T14", "<sink.example!u>"),
    ("T15", "<sink.example!u@mail.h.example>"),
    ("T16", "<sink.example!u@[192.0.2.25]>"),
    ("T17", "<u%sink.example@>"),
    ("T18", "<u@sink.example@>"),
    ("T19", "<@h.example,@mail.h.example:u@sink.example>"),
    ("T20", "<u%sink.example@localhost>"),
    ("T20", "<u%sink.example@[127.0.0.1]>"),
    ("T21", "<u%sink.example%mail.h.example@mail.h.example>"),
    ("T22", "<u@sink.example.>"),
    ("T23", "<\"u%sink.example\"@mail.h.example>"),
    ("T24", "<u@sink.example>"),
    ("T25", "<u@[198.51.100.25]>"),
];

#[test]
fn every_personality_does_what_its_truth_says() {
    for personality in Personality::every() {
        let mut server = personality.at("mail.h.example", &["h.example"]).server();
        for (sender_id, sender) in SENDERS {
            for (recipient_id, recipient) in RECIPIENTS {
                let declared = fate(personality.truth, sender_id, recipient_id);
                let first = send(server.as_mut(), Duration::ZERO, sender, recipient);
                // Once more after any greylisting.
                let later = send(server.as_mut(), Duration::from_secs(600), sender, recipient);
                let name = personality.name;
                let context = format!("{name}: {sender_id} {sender}, {recipient_id} {recipient}");
                match declared {
                    Fate::NotToBeJudged => assert_ne!(first, Seen::Relayed, "{context}"),
                    Fate::Kept | Fate::Discarded => panic!("{context}: nobody declares it yet"),
                    Fate::Relayed => assert_eq!(later, Seen::Relayed, "{context}"),
                    Fate::Refused(step) => {
                        assert_eq!(first, Seen::Refused(step), "{context}");
                        assert_eq!(later, Seen::Refused(step), "{context}");
                    }
                }
            }
        }
    }
}

/// What one attempt saw.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Refused(Step),
    Relayed,
    /// No reply to judge by.
    Nothing,
}

/// Sends a message on a connection of its own, beginning at `now`.
fn send(server: &mut dyn Server, now: Duration, sender: &str, recipient: &str) -> Seen {
    let caller: SocketAddr = "203.0.113.1:40000".parse().unwrap();
    let mut client = Client {
        conversation: server.answer(caller),
        now,
        timer: None,
        over: false,
    };
    let greeting = client.event(|conversation, turn| conversation.on_open(turn));
    let mut hello = client.say("EHLO probe.example");
    if hello.starts_with('5') {
        hello = client.say("HELO probe.example");
    }
    if [greeting, hello]
        .iter()
        .any(|reply| !reply.starts_with('2'))
    {
        return Seen::Nothing;
    }
    for (command, step) in [
        (format!("MAIL FROM:{sender}"), Step::Mail),
        (format!("RCPT TO:{recipient}"), Step::Rcpt),
        ("DATA".to_owned(), Step::Data),
        ("Subject: test\r\n\r\ntest\r\n.".to_owned(), Step::Data),
    ] {
        // The last line's code is the reply's.
        let reply = client.say(&command);
        match reply.lines().last().and_then(|line| line.chars().next()) {
            Some('2' | '3') => {}
            Some(_) => return Seen::Refused(step),
            None => return Seen::Nothing,
        }
    }
    Seen::Relayed
}

struct Client {
    conversation: Box<dyn Conversation>,
    now: Duration,
    timer: Option<Duration>,
    over: bool,
}

/// How long a client waits for a reply: longer than any truth takes to come out.
const PATIENCE: Duration = Duration::from_secs(600);

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
