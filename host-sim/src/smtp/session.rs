//! One SMTP connection.

use std::{net::SocketAddr, time::Duration};

use super::{Context, Path, Policy, Reply, Verb};
use crate::server::{Conversation, Mail, Turn};

/// The longest command line, in octets with its end. RFC 5321 asks for 512; servers take more.
pub const LINE_OCTETS_MAX: usize = 2_048;
/// How much of a message is kept, in octets.
pub const MESSAGE_OCTETS_MAX: usize = 64 * 1_024;
/// How long a client may be silent (RFC 5321, 4.5.3.2.7).
pub const IDLE_MAX: Duration = Duration::from_secs(300);

/// A connection whose decisions are a policy's.
pub struct Session<P> {
    policy: P,
    context: Context,
    /// What has arrived; up to `read` it is answered.
    unread: Vec<u8>,
    read: usize,
    /// A reply that waits for its moment; nothing is read before it is said.
    held: Option<(Duration, Reply)>,
    in_message: bool,
    /// The message, as far as it has come.
    message: String,
    /// One that was taken in this turn.
    taken: Option<Mail>,
    greeted: bool,
    /// STARTTLS was answered with 220: what comes next is a handshake.
    shakes_hands: bool,
}

impl<P: Policy> Session<P> {
    /// A connection from `caller`, before the greeting.
    pub fn new(policy: P, caller: SocketAddr) -> Self {
        Self {
            policy,
            context: Context {
                now: Duration::ZERO,
                caller,
                helo: None,
                sender: None,
                recipients: Vec::new(),
                refused: 0,
                errors: 0,
                syntax_errors: 0,
                idle_commands: 0,
                resets: 0,
                hellos: 0,
                noops: 0,
                verifications: 0,
                unknown_commands: 0,
                messages: 0,
                asked: 0,
                // Nothing was said yet, and so nothing that is known.
                verb: Verb::Unknown,
                pipelined: false,
                early: false,
            },
            unread: Vec::new(),
            read: 0,
            held: None,
            in_message: false,
            message: String::new(),
            taken: None,
            greeted: false,
            shakes_hands: false,
        }
    }

    /// Answers what was read, as far as the server's pauses allow.
    fn proceed(&mut self, turn: &mut Turn) {
        self.context.now = turn.now();
        while !turn.is_closed() {
            if let Some((due, reply)) = self.held.take() {
                if due > turn.now() {
                    turn.wake_at(due);
                    self.held = Some((due, reply));
                    return;
                }
                let reply = self.last_word(reply);
                say(&reply, turn);
                self.greeted = true;
                continue;
            }
            if self.shakes_hands && self.read < self.unread.len() {
                // This server has no TLS to go on with.
                turn.close();
                return;
            }
            let Some(line) = self.line() else {
                turn.wake_at(turn.now() + IDLE_MAX);
                return;
            };
            let Some(reply) = self.execute(line.as_deref()) else {
                continue;
            };
            let reply = self.count(reply);
            turn.taken.extend(self.taken.take());
            turn.callouts.extend(self.policy.calls_out());
            let pause = self.policy.pause(&reply, &self.context);
            self.held = Some((turn.now() + pause, reply));
        }
    }

    /// The next line, without its end; `Some(None)` for one that is too long or no text.
    fn line(&mut self) -> Option<Option<String>> {
        let rest = &self.unread[self.read..];
        let Some(end) = rest.iter().position(|octet| *octet == b'\n') else {
            if rest.len() < LINE_OCTETS_MAX {
                self.unread.drain(..self.read);
                self.read = 0;
                return None;
            }
            self.unread.clear();
            self.read = 0;
            return Some(None);
        };
        let line = &rest[..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let fits = line.len() < LINE_OCTETS_MAX;
        let text = std::str::from_utf8(line).ok().filter(|_| fits);
        let text = text.map(str::to_owned);
        self.read += end + 1;
        Some(text)
    }

    /// The reply to a line; a line of a message has none.
    fn execute(&mut self, line: Option<&str>) -> Option<Reply> {
        if self.in_message {
            return self.message_line(line);
        }
        let Some(line) = line else {
            return Some(Reply::new(500, "5.5.2 Line too long"));
        };
        self.context.pipelined = self.read < self.unread.len();
        let (word, argument) = line.split_once(' ').unwrap_or((line, ""));
        let verb = Verb::of(word);
        self.context.verb = verb;
        Some(match verb {
            Verb::Hello => self.hello(argument, word.eq_ignore_ascii_case("EHLO")),
            Verb::Mail => self.mail(argument),
            Verb::Rcpt => self.rcpt(argument),
            Verb::Data => self.data(),
            Verb::Reset => {
                self.context.idle_commands += 1;
                self.context.resets += 1;
                self.reset();
                Reply::new(250, "2.0.0 Ok")
            }
            Verb::Noop => {
                self.context.idle_commands += 1;
                self.context.noops += 1;
                Reply::new(250, "2.0.0 Ok")
            }
            Verb::Verify => {
                self.context.idle_commands += 1;
                self.context.verifications += 1;
                Reply::new(252, "2.0.0 Try it")
            }
            Verb::StartTls => {
                let reply = self.policy.start_tls(&self.context);
                self.shakes_hands = reply.code == 220;
                reply
            }
            Verb::Quit => Reply::new(221, "2.0.0 Bye").and_close(),
            Verb::Unknown => {
                self.context.unknown_commands += 1;
                Reply::new(502, "5.5.2 Command not recognised")
            }
        })
    }

    fn hello(&mut self, name: &str, extended: bool) -> Reply {
        self.context.idle_commands += 1;
        self.context.hellos += 1;
        if name.is_empty() {
            return Reply::new(501, "5.5.4 A name, please");
        }
        self.reset();
        self.context.helo = Some(name.to_owned());
        if extended {
            self.policy.ehlo(&self.context)
        } else {
            self.policy.helo(&self.context)
        }
    }

    fn mail(&mut self, argument: &str) -> Reply {
        if self.context.sender.is_some() {
            return Reply::new(503, "5.5.1 Nested MAIL command");
        }
        let Some(Ok(sender)) = after(argument, "FROM:").map(Path::read) else {
            return self.policy.no_path();
        };
        let reply = self.policy.mail(&sender, &self.context);
        if !reply.is_refusal() {
            self.context.sender = Some(sender);
        }
        reply
    }

    fn rcpt(&mut self, argument: &str) -> Reply {
        if self.context.sender.is_none() {
            return Reply::new(503, "5.5.1 Need MAIL command");
        }
        self.context.asked += 1;
        let reply = match after(argument, "TO:").map(Path::read) {
            Some(Ok(recipient)) => {
                let reply = self.policy.rcpt(&recipient, &self.context);
                if !reply.is_refusal() {
                    self.context.recipients.push(recipient);
                }
                reply
            }
            _ => self.policy.no_path(),
        };
        self.context.refused += u32::from(reply.is_refusal());
        reply
    }

    fn data(&mut self) -> Reply {
        if self.context.sender.is_none() {
            return Reply::new(503, "5.5.1 Need MAIL command");
        }
        if self.context.recipients.is_empty() {
            return Reply::new(554, "5.5.1 No valid recipients");
        }
        let reply = self.policy.data(&self.context);
        self.in_message = !reply.is_refusal();
        reply
    }

    fn message_line(&mut self, line: Option<&str>) -> Option<Reply> {
        if line != Some(".") {
            let line = line.unwrap_or_default();
            let line = line.strip_prefix('.').unwrap_or(line);
            if self.message.len() + line.len() < MESSAGE_OCTETS_MAX {
                self.message.push_str(line);
                self.message.push_str("\r\n");
            }
            return None;
        }
        self.in_message = false;
        let reply = self.policy.message(&self.context);
        self.context.messages += u32::from(!reply.is_refusal());
        let message = std::mem::take(&mut self.message);
        let sender = self.context.sender.clone();
        self.taken = sender.filter(|_| !reply.is_refusal()).map(|sender| Mail {
            helo: self.context.helo.clone().unwrap_or_default(),
            resets: self.context.resets,
            sender,
            recipients: self.context.recipients.clone(),
            message,
        });
        self.reset();
        Some(reply)
    }

    fn reset(&mut self) {
        self.context.sender = None;
        self.context.recipients.clear();
        self.context.refused = 0;
    }

    /// What is said in the end; a recipient that is refused now is none.
    fn last_word(&mut self, reply: Reply) -> Reply {
        let was_refusal = reply.is_refusal();
        let reply = self.policy.last_word(reply);
        if reply.is_refusal() && !was_refusal && self.context.verb == Verb::Rcpt {
            self.context.recipients.pop();
        }
        reply
    }

    fn count(&mut self, reply: Reply) -> Reply {
        self.context.errors += u32::from(reply.is_refusal());
        self.context.syntax_errors += u32::from(self.policy.is_syntax_error(&reply));
        self.policy.revise(reply, &self.context)
    }
}

impl<P: Policy> Conversation for Session<P> {
    fn on_open(&mut self, turn: &mut Turn) {
        self.context.now = turn.now();
        let greeting = self.policy.greeting();
        let pause = self.policy.pause(&greeting, &self.context);
        self.held = Some((turn.now() + pause, greeting));
        self.proceed(turn);
    }

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        self.context.early |= !self.greeted;
        self.unread.extend(octets);
        self.proceed(turn);
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        if self.held.is_none() {
            self.held = Some((
                turn.now(),
                Reply::new(421, "4.4.2 Timeout, closing").and_close(),
            ));
        }
        self.proceed(turn);
    }
}

fn say(reply: &Reply, turn: &mut Turn) {
    turn.say(reply);
    if reply.closing {
        turn.close();
    }
}

/// What follows `keyword` in `argument`, in any case.
fn after<'a>(argument: &'a str, keyword: &str) -> Option<&'a str> {
    let head = argument.get(..keyword.len())?;
    head.eq_ignore_ascii_case(keyword)
        .then(|| &argument[keyword.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Yes;

    impl Policy for Yes {
        fn greeting(&mut self) -> Reply {
            Reply::new(220, "h")
        }

        fn ehlo(&mut self, _context: &Context) -> Reply {
            Reply::lines(250, ["h", "PIPELINING"])
        }

        fn mail(&mut self, _sender: &Path, _context: &Context) -> Reply {
            Reply::new(250, "sender")
        }

        fn rcpt(&mut self, recipient: &Path, _context: &Context) -> Reply {
            match recipient.local.as_str() {
                "no" => Reply::new(550, "no"),
                _ => Reply::new(250, "recipient"),
            }
        }

        fn pause(&mut self, reply: &Reply, _context: &Context) -> Duration {
            Duration::from_secs(u64::from(reply.code == 550))
        }
    }

    /// Plays `C:` and `S:` lines against a session; `+1s` lets a second pass.
    fn play(script: &str) {
        let mut session = Session::new(Yes, "192.0.2.1:1".parse().unwrap());
        let mut now = Duration::ZERO;
        let mut said = String::new();
        let mut timer = None;
        let mut closed = false;
        let mut turn =
            |now, timer: &mut Option<Duration>, said: &mut String, octets: Option<&str>| {
                let mut turn = Turn::new(now, *timer);
                match octets {
                    Some("") => session.on_open(&mut turn),
                    Some(octets) => session.on_octets(octets.as_bytes(), &mut turn),
                    None => session.on_timer(&mut turn),
                }
                said.push_str(std::str::from_utf8(turn.sent()).unwrap());
                *timer = turn.timer();
                turn.is_closed()
            };
        turn(now, &mut timer, &mut said, Some(""));
        for line in script
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
        {
            if let Some(command) = line.strip_prefix("C: ") {
                let octets = command.replace('|', "\r\n") + "\r\n";
                closed = turn(now, &mut timer, &mut said, Some(&octets));
            } else if let Some(reply) = line.strip_prefix("S: ") {
                let expected = reply.replace('|', "\r\n") + "\r\n";
                assert_eq!(said, expected, "at {line:?}");
                said.clear();
            } else if let Some(seconds) = line.strip_prefix('+') {
                now += Duration::from_secs(seconds.trim_end_matches('s').parse().unwrap());
                if timer.is_some_and(|due| due <= now) {
                    timer = None;
                    closed = turn(now, &mut timer, &mut said, None);
                }
            } else if line == "closed" {
                assert!(closed && said.is_empty(), "still open, said {said:?}");
            } else {
                panic!("no such line: {line}");
            }
        }
    }

    #[test]
    fn a_group_is_answered_in_one_piece() {
        play(
            "S: 220 h
             C: EHLO c
             S: 250-h|250 PIPELINING
             C: MAIL FROM:<a@b>|rcpt to:<c@d>|RSET|MAIL FROM:<>|RCPT TO:<e@f>|QUIT
             S: 250 sender|250 recipient|250 2.0.0 Ok|250 sender|250 recipient|221 2.0.0 Bye
             closed",
        );
    }

    #[test]
    fn a_pause_holds_everything_behind_it() {
        play(
            "S: 220 h
             C: EHLO c
             S: 250-h|250 PIPELINING
             C: MAIL FROM:<a@b>|RCPT TO:<no@d>|RCPT TO:<c@d>
             S: 250 sender
             +1s
             S: 550 no|250 recipient",
        );
    }

    #[test]
    fn the_order_of_a_transaction_is_kept() {
        play(
            "S: 220 h
             C: RCPT TO:<c@d>
             S: 503 5.5.1 Need MAIL command
             C: MAIL FROM:<a@b>
             S: 250 sender
             C: MAIL FROM:<a@b>
             S: 503 5.5.1 Nested MAIL command
             C: DATA
             S: 554 5.5.1 No valid recipients
             C: RCPT TO:<c@d>|DATA
             S: 250 recipient|354 End data with <CR><LF>.<CR><LF>
             C: QUIT|..|.
             S: 250 2.0.0 Ok: queued
             C: RCPT TO:<c@d>
             S: 503 5.5.1 Need MAIL command
             C: MAIL FROM <a@b>
             S: 501 5.1.7 Bad address syntax
             C: HELP
             S: 502 5.5.2 Command not recognised",
        );
    }

    #[test]
    fn silence_ends_the_connection() {
        play(
            "S: 220 h
             +300s
             S: 421 4.4.2 Timeout, closing
             closed",
        );
    }
}
