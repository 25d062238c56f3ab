//! One connection that follows a script.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use super::{Action, Rule, Script, When, transaction::Transaction};
use crate::{
    peers::Peer,
    server::{Conversation, Mail, Turn},
    smtp::{IDLE_MAX, LINE_OCTETS_MAX, MESSAGE_OCTETS_MAX, Path},
};

/// What the lines of a script may repeat.
pub(super) struct Known {
    pub(super) peer: Peer,
    pub(super) caller: SocketAddr,
    /// The name in EHLO or HELO.
    pub(super) name: String,
    /// The address in the command at hand, without its brackets.
    pub(super) mailbox: String,
    /// The same of the transaction's MAIL.
    pub(super) sender: String,
}

/// A connection.
pub(super) struct Reading {
    script: &'static Script,
    known: Known,
    transaction: Transaction,
    resets: u32,
    /// The message, as far as it has come.
    message: String,
    /// One that was taken in this turn.
    taken: Option<Mail>,
    unread: VecDeque<u8>,
    /// What is still to be done; no command is read before.
    pending: VecDeque<&'static Action>,
    /// Nothing pending is done before this moment.
    paused_until: Option<Duration>,
}

impl Reading {
    pub(super) fn new(script: &'static Script, peer: Peer, caller: SocketAddr) -> Self {
        Self {
            script,
            known: Known {
                peer,
                caller,
                name: String::new(),
                mailbox: String::new(),
                sender: String::new(),
            },
            transaction: Transaction::default(),
            resets: 0,
            message: String::new(),
            taken: None,
            unread: VecDeque::new(),
            pending: VecDeque::new(),
            paused_until: None,
        }
    }

    /// Does what is pending and reads on, as far as the script's pauses allow.
    fn proceed(&mut self, turn: &mut Turn) {
        loop {
            if let Some(until) = self.paused_until {
                if until > turn.now() {
                    turn.wake_at(until);
                    return;
                }
                self.paused_until = None;
            }
            match self.pending.pop_front() {
                Some(Action::Say(text)) => turn.send(&text.octets(&self.known)),
                Some(Action::Wait(pause)) => self.paused_until = Some(turn.now() + *pause),
                Some(Action::Close) => {
                    turn.close();
                    return;
                }
                None => {
                    let Some(line) = self.line() else {
                        turn.wake_at(turn.now() + IDLE_MAX);
                        return;
                    };
                    self.execute(&line);
                    turn.taken.extend(self.taken.take());
                }
            }
        }
    }

    /// The next line, without its end. Of a line that is too long only the rest is a line.
    fn line(&mut self) -> Option<String> {
        let Some(end) = self.unread.iter().position(|octet| *octet == b'\n') else {
            if self.unread.len() >= LINE_OCTETS_MAX {
                self.unread.clear();
            }
            return None;
        };
        let line: Vec<u8> = self.unread.drain(..=end).collect();
        let line = String::from_utf8_lossy(&line);
        Some(line.trim_end().to_owned())
    }

    /// Finds what the script says to a line.
    fn execute(&mut self, line: &str) {
        if self.transaction.in_message() {
            if line == "." {
                let mail = self.mail();
                self.transaction.message_ended();
                let class = self.perform(|when| matches!(when, When::Message));
                self.taken = mail.filter(|_| class == Some(b'2'));
                return;
            }
            let line = line.strip_prefix('.').unwrap_or(line);
            if self.message.len() + line.len() < MESSAGE_OCTETS_MAX {
                self.message.push_str(line);
                self.message.push_str("\r\n");
            }
            return;
        }
        let verb = line.split(' ').next().unwrap_or_default();
        let verb = verb.to_ascii_uppercase();
        let path = line.split_once(':').map_or("", |(_, path)| path.trim());
        self.known.mailbox = bare(path).to_owned();
        if matches!(verb.as_str(), "EHLO" | "HELO") {
            self.known.name = line.get(5..).unwrap_or_default().to_owned();
        }
        if !self.transaction.allows(&verb) {
            self.perform(|when| matches!(when, When::OutOfOrder));
            return;
        }
        let sender = self.transaction.sender().unwrap_or_default().to_owned();
        let peer = self.known.peer.clone();
        let class = self.perform(|when| match when {
            When::Command(pattern, under) => {
                pattern.fits(line, &peer)
                    && under
                        .as_ref()
                        .is_none_or(|under| under.fits(&sender, &peer))
            }
            When::OutOfOrder | When::Message => false,
        });
        self.transaction.answered(&verb, path, class);
        self.resets += u32::from(verb == "RSET");
        if verb == "MAIL" && class == Some(b'2') {
            self.known.sender = self.known.mailbox.clone();
        }
    }

    /// The message that has ended, with its envelope.
    fn mail(&mut self) -> Option<Mail> {
        let message = std::mem::take(&mut self.message);
        let sender = Path::read(self.transaction.sender()?).ok()?;
        let recipients = self.transaction.recipients().iter();
        let recipients = recipients.filter_map(|path| Path::read(path).ok());
        Some(Mail {
            helo: self.known.name.clone(),
            resets: self.resets,
            sender,
            recipients: recipients.collect(),
            message,
        })
    }

    /// Takes up the actions of the first rule that is meant, and says the first digit of its
    /// reply.
    fn perform(&mut self, is_meant: impl Fn(&When) -> bool) -> Option<u8> {
        let script = self.script;
        let rule = script
            .rules
            .iter()
            .find(|rule| rule.when.iter().any(&is_meant))?;
        self.pending.extend(&rule.actions);
        self.class(rule)
    }

    /// The first digit of the last line that a rule says.
    fn class(&self, rule: &Rule) -> Option<u8> {
        let mut said = Vec::new();
        for action in &rule.actions {
            if let Action::Say(text) = action {
                said.extend(text.octets(&self.known));
            }
        }
        let last = said
            .trim_ascii_end()
            .rsplit(|octet| *octet == b'\n')
            .next()?;
        last.first().copied()
    }
}

impl Conversation for Reading {
    fn on_open(&mut self, turn: &mut Turn) {
        self.pending.extend(&self.script.greeting);
        self.proceed(turn);
    }

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        self.unread.extend(octets);
        self.proceed(turn);
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        if self.paused_until.is_none() {
            // The client has been silent for as long as any server waits.
            turn.close();
            return;
        }
        self.proceed(turn);
    }
}

/// An address without its angle brackets, and without parameters behind them.
fn bare(path: &str) -> &str {
    let inside = path
        .strip_prefix('<')
        .and_then(|path| path.rsplit_once('>'));
    inside.map_or(path, |(mailbox, _)| mailbox)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::{script::load, server::Turn};

    /// A conversation with the script of `body`, and what it says to `events` until it waits.
    fn hear(body: &str, commands: &[&[u8]]) -> Vec<(u64, String)> {
        let text =
            format!("name n\nabout a\ntruth any -> any: kept\nexpect any: closed unclear\n{body}");
        let peer = load("x.script", &text)
            .unwrap()
            .at("mx.h.example", &["h.example"]);
        let mut talk = peer.server().answer("192.0.2.1:40000".parse().unwrap());
        let mut heard = Vec::new();
        let mut now = Duration::ZERO;
        let mut events = vec![None];
        events.extend(commands.iter().map(Some));
        for event in events {
            let mut turn = Turn::new(now, None);
            match event {
                None => talk.on_open(&mut turn),
                Some(octets) => talk.on_octets(octets, &mut turn),
            }
            loop {
                let millis = u64::try_from(now.as_millis()).unwrap();
                let mut said = String::from_utf8_lossy(turn.sent()).into_owned();
                if turn.is_closed() {
                    said.push_str("[closes]");
                }
                if !said.is_empty() {
                    heard.push((millis, said));
                }
                match turn.timer() {
                    Some(due) if due < now + Duration::from_secs(60) => now = due,
                    _ => break,
                }
                turn = Turn::new(now, None);
                talk.on_timer(&mut turn);
            }
        }
        heard
    }

    fn heard(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
        let own = |(at, said): &(u64, &str)| (*at, (*said).to_owned());
        expected.iter().map(own).collect()
    }

    #[test]
    fn the_first_rule_that_fits_answers_and_variables_are_filled_in() {
        let script = "S: 220 {host}\n\
                      C: EHLO *\nC: HELO *\nS: 250 {name} at {caller}\n\
                      C: MAIL FROM:*\nS: 250 hm\n\
                      C: RCPT TO:<*@{domain}> under <>\nS: 250 {mailbox} from <{sender}>\n\
                      C: RCPT TO:*\nS: 550 \\{no} \\x41 {domain}\n";
        let group = b"EHLO me\r\nMAIL FROM:<>\r\nrcpt to:<a@H.example>\r\nRSET\r\n\
                      MAIL FROM:<b@c> SIZE=1\r\nRCPT TO:<a@h.example>\r\nHELP\r\nQUIT\r\n";
        let said = hear(script, &[group]);
        assert_eq!(
            said,
            heard(&[
                (0, "220 mx.h.example\r\n"),
                (
                    0,
                    "250 me at 192.0.2.1\r\n250 hm\r\n250 a@H.example from <>\r\n250 Ok\r\n\
                     250 hm\r\n550 {no} A h.example\r\n502 Command not recognised\r\n221 Bye\r\n[closes]"
                ),
            ])
        );
    }

    #[test]
    fn pauses_cut_a_reply_and_hold_what_follows() {
        let script = "* waits 2 s\nS: 22\\\n* waits 300 ms\nS: 0 h\n\
                      C: NOOP\nS: 250 a\n* waits 1 s\n* closes\n";
        assert_eq!(
            hear(script, &[b"NOOP\r\nNOOP\r\n"]),
            heard(&[
                (2_000, "22"),
                (2_300, "0 h\r\n"),
                (2_300, "250 a\r\n"),
                (3_300, "[closes]")
            ])
        );
    }

    #[test]
    fn the_order_of_a_transaction_needs_no_lines() {
        let script = "S: 220 h\nC: MAIL *\nS: 550-no\nS: 250 ok\nC: RCPT *\nS: 250 ok\n\
                      C: (out of order)\nS: 503 not now\nC: (message)\nS: 250 kept\n";
        let group =
            b"RCPT TO:<a>\r\nMAIL FROM:<>\r\nMAIL FROM:<>\r\nDATA\r\nRCPT TO:<a>\r\nDATA\r\n\
                      QUIT\r\n.\r\nRCPT TO:<a>\r\n";
        assert_eq!(
            hear(script, &[group])[1].1,
            "503 not now\r\n550-no\r\n250 ok\r\n503 not now\r\n503 not now\r\n250 ok\r\n\
             354 End data with <CR><LF>.<CR><LF>\r\n250 kept\r\n503 not now\r\n"
        );
    }
}
