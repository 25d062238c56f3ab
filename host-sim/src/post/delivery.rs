//! One letter or question, over as many connections as it takes.

use std::{cell::Cell, mem, rc::Rc, time::Duration};

use super::{Done, Letter, Office, Reached, Run};
use crate::server::{Conversation, Turn};

/// How often a letter is tried.
pub const ATTEMPTS_MAX: u32 = 80;
/// How long a client waits for a reply.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// How long a queue waits before the attempt of this number, the second of which is 1.
pub const fn pause_before(attempt: u32) -> Duration {
    Duration::from_secs(match attempt {
        0 => 0,
        1 => 60,
        2 => 300,
        3 => 900,
        _ => 3_600,
    })
}

/// What a server wants from another one.
#[derive(Clone)]
pub(super) struct Errand {
    office: Rc<Office>,
    what: What,
}

#[derive(Clone)]
enum What {
    /// To give it a letter, which is this then, on account of a message that was taken.
    Give(Done, usize, Rc<Letter>),
    /// To know whether an address exists.
    Ask(String, Rc<Cell<Option<u16>>>),
}

impl Errand {
    pub(super) fn letter(office: Rc<Office>, what: Done, taken: usize, letter: Letter) -> Self {
        let what = What::Give(what, taken, Rc::new(letter));
        Self { office, what }
    }

    pub(super) fn question(
        office: Rc<Office>,
        mailbox: String,
        answer: Rc<Cell<Option<u16>>>,
    ) -> Self {
        let what = What::Ask(mailbox, answer);
        Self { office, what }
    }

    pub(super) fn is_letter(&self) -> bool {
        matches!(self.what, What::Give(..))
    }

    pub(super) fn attempt(self, number: u32) -> Attempt {
        Attempt {
            errand: self,
            number,
            step: Step::Greeting,
            heard: Vec::new(),
            settled: false,
            entry: None,
        }
    }

    /// What the ledger says of a connection that is opened for it now.
    fn run(&self, at: Duration) -> Run {
        let office = &self.office;
        let (what, taken, reverse_path, to) = match &self.what {
            What::Give(what, taken, letter) => (*what, Some(*taken), &letter.from[..], &letter.to),
            What::Ask(mailbox, _) => (Done::Asked, None, "", mailbox),
        };
        Run {
            at,
            by: office.at,
            from: office.sends_from(self.is_letter()),
            what,
            taken,
            helo: office.peer.host.clone(),
            reverse_path: reverse_path.to_owned(),
            to: to.clone(),
            reached: Reached::Open,
        }
    }
}

/// What the reply is awaited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Greeting,
    Hello,
    Mail,
    Rcpt,
    Data,
    Message,
    Quit,
}

/// One connection of it: the client's end.
pub(super) struct Attempt {
    errand: Errand,
    number: u32,
    step: Step,
    heard: Vec<u8>,
    /// There is nothing to try again.
    settled: bool,
    /// Its place in the ledger, as soon as it is open.
    entry: Option<usize>,
}

impl Attempt {
    /// Goes on after a reply with this code.
    fn replied(&mut self, code: u16, turn: &mut Turn) {
        let expected = if self.step == Step::Data { 3 } else { 2 };
        let is_yes = code / 100 == expected;
        let host = &self.errand.office.peer.host;
        let (from, to) = match &self.errand.what {
            What::Give(_, _, letter) => (letter.from.as_str(), letter.to.as_str()),
            What::Ask(mailbox, _) => ("", mailbox.as_str()),
        };
        let (command, next) = match (self.step, &self.errand.what) {
            (Step::Quit, _) => return turn.close(),
            (Step::Rcpt, What::Ask(_, answer)) => {
                answer.set(Some(code));
                self.settled = true;
                ("QUIT\r\n".to_owned(), Step::Quit)
            }
            (step, What::Give(..)) if !is_yes || step == Step::Message => {
                let is_done = is_yes && step == Step::Message;
                // Put off, it is tried again.
                self.settled = is_done || code / 100 == 5;
                if is_done {
                    self.reached(Reached::Accepted);
                } else if self.settled {
                    self.reached(Reached::Refused);
                }
                ("QUIT\r\n".to_owned(), Step::Quit)
            }
            (_, What::Ask(..)) if !is_yes => ("QUIT\r\n".to_owned(), Step::Quit),
            (Step::Greeting, _) => (format!("HELO {host}\r\n"), Step::Hello),
            (Step::Hello, _) => (format!("MAIL FROM:<{from}>\r\n"), Step::Mail),
            (Step::Mail, _) => (format!("RCPT TO:<{to}>\r\n"), Step::Rcpt),
            (Step::Rcpt, _) => ("DATA\r\n".to_owned(), Step::Data),
            (Step::Data | Step::Message, What::Give(_, _, letter)) => {
                (stuffed(&letter.message), Step::Message)
            }
            (Step::Data | Step::Message, What::Ask(..)) => return turn.close(),
        };
        turn.send(command.as_bytes());
        turn.wake_at(turn.now() + PATIENCE);
        self.step = next;
        match next {
            Step::Rcpt => self.reached(Reached::Named),
            Step::Message => self.reached(Reached::Sent),
            _ => {}
        }
    }

    fn reached(&self, reached: Reached) {
        let mut ledger = self.errand.office.outgoing.log.borrow_mut();
        if let Some(run) = self.entry.and_then(|entry| ledger.runs.get_mut(entry)) {
            run.reached = reached;
        }
    }
}

impl Conversation for Attempt {
    fn on_open(&mut self, turn: &mut Turn) {
        let mut ledger = self.errand.office.outgoing.log.borrow_mut();
        self.entry = Some(ledger.runs.len());
        ledger.runs.push(self.errand.run(turn.now()));
        turn.wake_at(turn.now() + PATIENCE);
    }

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        self.heard.extend_from_slice(octets);
        while let Some(end) = self.heard.iter().position(|octet| *octet == b'\n') {
            let line: Vec<u8> = self.heard.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let code = line.get(..3).and_then(|code| code.parse().ok());
            match code {
                Some(_) if line.as_bytes().get(3) == Some(&b'-') => {}
                Some(code) => self.replied(code, turn),
                None => return turn.reset(),
            }
        }
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        turn.reset();
    }

    fn on_end(&mut self, turn: &mut Turn) {
        let next = self.number + 1;
        let is_letter = self.errand.is_letter();
        if mem::replace(&mut self.settled, true) || !is_letter || next >= ATTEMPTS_MAX {
            return;
        }
        let errand = self.errand.clone();
        let at = turn.now() + pause_before(next);
        turn.call(Rc::clone(&errand.office).call(at, next, errand));
    }
}

/// The message as it is sent, with its end (RFC 5321, 4.5.2).
fn stuffed(message: &str) -> String {
    let mut text = String::with_capacity(message.len() + 5);
    for line in message.split_inclusive("\r\n") {
        if line.starts_with('.') {
            text.push('.');
        }
        text.push_str(line);
    }
    text.push_str(".\r\n");
    text
}
