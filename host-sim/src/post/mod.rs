//! What simulated servers do with mail that they have said 250 to: they pass it on, return it, or
//! have other servers asked about an address, each over connections of its own.
//!
//! What becomes of a message is its personality's truth, by the form that the envelope has. Which form
//! that is is read here once more, by hand, and nothing of it is probe-core's.

mod delivery;
pub mod examples;
mod forms;
mod ledger;
mod passing;

use std::{
    cell::Cell,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    rc::Rc,
    time::Duration,
};

use jiff::Timestamp;
use probe_core::{time::Utc, token::TOKEN_CHARACTERS};

pub(crate) use self::ledger::Log;
pub use self::{
    delivery::{ATTEMPTS_MAX, PATIENCE, pause_before},
    ledger::{Done, Ledger, Reached, Run, Taken},
    passing::{Letter, Passing},
};

use self::{
    delivery::Errand,
    forms::{destination, hello_form, recipient_form, sender_form},
};
use crate::{
    peers::{Fate, Peer, fate_under},
    server::{Call, Callout, Conversation, Mail, Server, Turn},
    smtp::Path,
};

/// What a server has to know of its world to send mail.
#[derive(Clone)]
pub(crate) struct Outgoing {
    /// Where mail to the sink and to our senders goes; one after the other is tried.
    pub(crate) sinks: Vec<SocketAddr>,
    /// When virtual time began.
    pub(crate) began: Utc,
    pub(crate) log: Log,
}

/// The address of the host from which the server at `address` delivers, where that is another one. No
/// scope of ours holds it.
pub(crate) fn other_host(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let [_, b, c, d] = v4.octets();
            Ipv4Addr::new(100, 64 | (b & 63), c, d).into()
        }
        IpAddr::V6(v6) => {
            let [_, rest @ ..] = v6.segments();
            let [b, c, d, e, f, g, h] = rest;
            Ipv6Addr::new(0xfd99, b, c, d, e, f, g, h).into()
        }
    }
}

/// `peer` at `at`, with a post office behind it.
pub(crate) fn server(peer: &Peer, at: SocketAddr, outgoing: Outgoing) -> Box<dyn Server> {
    let server = peer.server();
    let office = Office {
        peer: peer.clone(),
        passing: server.passing(),
        at,
        passed: Cell::new(0),
        outgoing,
    };
    Box::new(Posting {
        server,
        office: Rc::new(office),
    })
}

struct Posting {
    server: Box<dyn Server>,
    office: Rc<Office>,
}

impl Server for Posting {
    fn answer(&mut self, caller: SocketAddr) -> Box<dyn Conversation> {
        Box::new(PostingConversation {
            conversation: self.server.answer(caller),
            caller,
            office: Rc::clone(&self.office),
        })
    }

    fn passing(&self) -> Passing {
        self.office.passing
    }
}

/// A connection behind which there is a post office.
struct PostingConversation {
    conversation: Box<dyn Conversation>,
    caller: SocketAddr,
    office: Rc<Office>,
}

impl Conversation for PostingConversation {
    fn on_open(&mut self, turn: &mut Turn) {
        self.conversation.on_open(turn);
        self.office.collect(self.caller, turn);
    }

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        self.conversation.on_octets(octets, turn);
        self.office.collect(self.caller, turn);
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        self.conversation.on_timer(turn);
        self.office.collect(self.caller, turn);
    }

    fn on_end(&mut self, turn: &mut Turn) {
        self.conversation.on_end(turn);
        self.office.collect(self.caller, turn);
    }
}

struct Office {
    peer: Peer,
    passing: Passing,
    at: SocketAddr,
    /// How many messages were passed on.
    passed: Cell<u32>,
    outgoing: Outgoing,
}

impl Office {
    /// Takes over what a turn has brought.
    fn collect(self: &Rc<Self>, caller: SocketAddr, turn: &mut Turn) {
        for mail in std::mem::take(&mut turn.taken) {
            for number in 0..mail.recipients.len() {
                self.taken(caller, &mail, number, turn);
            }
        }
        for callout in std::mem::take(&mut turn.callouts) {
            self.ask(callout, turn);
        }
    }

    /// Does with a message what the personality's truth says.
    fn taken(self: &Rc<Self>, caller: SocketAddr, mail: &Mail, number: usize, turn: &mut Turn) {
        let recipient = &mail.recipients[number];
        let to = destination(recipient);
        let mailbox = to.clone().unwrap_or_else(|| recipient.mailbox());
        let taken = self.read(turn.now(), mail, number);
        let fate = taken.fate;
        let place = self.outgoing.log.borrow().taken.len();
        self.outgoing.log.borrow_mut().taken.push(taken);
        let (what, letter) = match (fate, to) {
            (Fate::Relayed, Some(to)) => {
                if self.passed.get() >= self.passing.at_most {
                    return;
                }
                self.passed.set(self.passed.get() + 1);
                (Done::Relayed, self.passed_on(caller, mail, to, turn.now()))
            }
            (Fate::Bounced, _) if !mail.sender.is_null() => match destination(&mail.sender) {
                Some(to) => (Done::Returned, self.returned(mail, &mailbox, to)),
                None => return,
            },
            (Fate::Kept, Some(to)) if self.passing.forges => (Done::Forged, self.forged(to)),
            _ => return,
        };
        let errand = Errand::letter(Rc::clone(self), what, place, letter);
        let at = turn.now() + self.passing.after;
        turn.call(self.call(at, 0, errand));
    }

    /// Which form a message has for one of its recipients, and what becomes of it.
    fn read(&self, at: Duration, mail: &Mail, number: usize) -> Taken {
        let peer = &self.peer;
        let hello = hello_form(&mail.helo, peer);
        let sender = sender_form(&mail.sender, peer);
        let recipient = recipient_form(&mail.recipients[number], number > 0);
        let of = |sender: &str, recipient: &str| {
            fate_under(peer.personality.truth, hello, sender, recipient)
        };
        let fate = match sender.zip(recipient) {
            None => Fate::NotToBeJudged,
            Some((sender, "T1")) if mail.resets > 0 => match of(sender, "T1") {
                Fate::Refused(_) => of(sender, "T1-after-reset"),
                fate => fate,
            },
            Some((sender, recipient)) => of(sender, recipient),
        };
        Taken {
            at,
            by: self.at,
            mail: mail.clone(),
            number,
            hello,
            sender,
            recipient,
            fate,
        }
    }

    fn passed_on(&self, caller: SocketAddr, mail: &Mail, to: String, now: Duration) -> Letter {
        let (helo, host, caller) = (&mail.helo, &self.peer.host, caller.ip());
        let date = date(self.outgoing.began, now);
        let mut letter = Letter {
            from: destination(&mail.sender).unwrap_or_default(),
            to,
            message: format!(
                "Received: from {helo} ([{caller}])\r\n\tby {host} with SMTP; {date}\r\n{}",
                mail.message
            ),
        };
        (self.passing.rewrites)(&mut letter);
        letter
    }

    /// RFC 3464 has more of it; whoever sends one has said yes before.
    fn returned(&self, mail: &Mail, recipient: &str, to: String) -> Letter {
        let host = &self.peer.host;
        let from = if self.passing.signs_bounces {
            format!("MAILER-DAEMON@{host}")
        } else {
            String::new()
        };
        Letter {
            from,
            to,
            message: format!(
                "From: MAILER-DAEMON@{host}\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\n\
                 <{recipient}>: it could not be delivered.\r\n\r\n{}",
                mail.message
            ),
        }
    }

    /// A message to a recipient that we never sent: job and pair can be read off the recipient, the code
    /// cannot.
    fn forged(&self, to: String) -> Letter {
        const READABLE: usize = 13;
        let token = to.get(1..=READABLE).unwrap_or_default();
        let message_id = format!("m{token}{}", "a".repeat(TOKEN_CHARACTERS - 1 - READABLE));
        Letter {
            from: String::new(),
            message: format!("Message-ID: <{message_id}@forged.example>\r\n\r\n{message_id}\r\n"),
            to,
        }
    }

    fn ask(self: &Rc<Self>, callout: Callout, turn: &mut Turn) {
        if let Some(to) = destination(&callout.mailbox) {
            let errand = Errand::question(Rc::clone(self), to, callout.answer);
            turn.call(self.call(turn.now(), 0, errand));
        }
    }

    /// An attempt, the first of which has the number 0.
    fn call(&self, at: Duration, attempt: u32, errand: Errand) -> Call {
        let sinks = &self.outgoing.sinks;
        let sink = usize::try_from(attempt).unwrap_or(0) % sinks.len().max(1);
        let from = self.sends_from(errand.is_letter());
        Call {
            at,
            from: (from != self.at.ip()).then_some(from),
            to: sinks.get(sink).copied().unwrap_or(self.at),
            conversation: Box::new(errand.attempt(attempt)),
        }
    }

    /// The host that opens a connection for a letter, or for a question.
    fn sends_from(&self, is_letter: bool) -> IpAddr {
        if self.passing.from_another_host && is_letter {
            other_host(self.at.ip())
        } else {
            self.at.ip()
        }
    }
}

/// As in a Received field (RFC 5322, 3.3).
fn date(began: Utc, now: Duration) -> String {
    let seconds = i64::try_from(began.0 + now.as_secs()).unwrap_or_default();
    let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// Whether a path is the null reverse-path or leads nowhere that mail could be sent to.
fn exists(path: &Path) -> bool {
    let domain = path.domain.as_deref().unwrap_or_default();
    !domain.is_empty() && !domain.ends_with(".invalid") && !domain.starts_with("nonexistent.")
}
