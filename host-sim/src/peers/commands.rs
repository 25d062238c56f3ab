//! Closed servers that bear only so many commands of a kind, or only so much traffic. None of these
//! limits is one that a relay battery reaches; a client that talks more than it must does.

use std::{cell::Cell, net::SocketAddr, rc::Rc, time::Duration};

use super::{
    Peer, Personality,
    closed::closed,
    house::{Manners, server},
    postfix,
};
use crate::{
    server::{Conversation, Server, Turn},
    smtp::{Context, Reply, Verb},
};

pub(super) static FAMILY: [Personality; 8] = [
    closed(
        "unknown-commands",
        "drops at the fourth command that it does not know, like Exim",
        "drops after three unknown commands",
        |peer| {
            let manners = Manners {
                calls_itself: "ESMTP Exim 4.96 ready",
                revise: |_, visit| {
                    (visit.context.unknown_commands > UNKNOWN_COMMANDS_MAX)
                        .then(|| Reply::new(554, "Too many unrecognized commands").and_close())
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
    closed(
        "junk-commands",
        "counts each command beyond a hundred that carries no mail as an error, like Postfix",
        "counts commands without mail as errors, after a hundred",
        |peer| {
            let manners = Manners {
                calls_itself: "ESMTP Postfix",
                revise: |reply, visit| {
                    let context = visit.context;
                    let junk = junk(context);
                    let over = junk > postfix::HARD_ERRORS_MAX
                        || (reply.is_refusal()
                            && context.errors + junk >= postfix::HARD_ERRORS_MAX);
                    let host = visit.local.host();
                    over.then(|| {
                        Reply::new(421, format!("4.7.0 {host} Error: too many errors")).and_close()
                    })
                },
                pause: |_, context| {
                    let is_soft = context.errors + junk(context) < postfix::SOFT_ERRORS_MAX;
                    if is_soft {
                        Duration::ZERO
                    } else {
                        postfix::ERROR_SLEEP
                    }
                },
                ..Manners::CLOSED
            };
            server(peer, manners)
        },
    ),
    closed(
        "noop-limit",
        "answers the twentieth NOOP after 1 s, and each later one after twice as long, like Sendmail",
        "slows down NOOPs",
        |peer| {
            sendmail(peer, |_, context| {
                too_often(Verb::Noop, context.noops, 20, context)
            })
        },
    ),
    closed(
        "hello-limit",
        "the same from the third HELO or EHLO on, like Sendmail",
        "slows down EHLOs",
        |peer| {
            sendmail(peer, |_, context| {
                too_often(Verb::Hello, context.hellos, 3, context)
            })
        },
    ),
    closed(
        "verify-limit",
        "the same from the sixth VRFY on, like Sendmail",
        "slows down VRFYs",
        |peer| {
            sendmail(peer, |_, context| {
                too_often(Verb::Verify, context.verifications, 6, context)
            })
        },
    ),
    closed(
        "hundred-messages",
        "takes a hundred messages on a connection, and refuses every later MAIL, like OpenSMTPD",
        "refuses MAIL after a hundred messages",
        |peer| {
            let manners = Manners {
                mail: |_, visit| {
                    (visit.context.messages >= MESSAGES_MAX)
                        .then(|| Reply::new(452, "4.5.3 Too many messages sent"))
                },
                ..Manners::LOCK_STEP
            };
            server(peer, manners)
        },
    ),
    closed(
        "many-recipients",
        "looks at a thousand recipients on a connection, and at no later one, like OpenSMTPD",
        "refuses RCPT after a thousand recipients",
        |peer| {
            let manners = Manners {
                rcpt: |_, visit| {
                    (visit.context.asked > RECIPIENTS_MAX)
                        .then(|| Reply::new(451, "4.5.3 Too many recipients"))
                },
                ..Manners::LOCK_STEP
            };
            server(peer, manners)
        },
    ),
    closed(
        "twenty-at-once",
        "says 421 to the twenty-first connection at once, like Exim",
        "421 to one connection too many",
        |peer| {
            Box::new(AtOnce {
                inner: server(peer, Manners::CLOSED),
                open: Rc::default(),
            })
        },
    ),
];

/// smtp_max_unknown_commands.
const UNKNOWN_COMMANDS_MAX: u32 = 3;
/// smtpd_junk_command_limit.
const JUNK_COMMANDS_MAX: u32 = 100;
/// The limits of a session in OpenSMTPD.
const MESSAGES_MAX: u32 = 100;
const RECIPIENTS_MAX: u32 = 1_000;
/// smtp_accept_max.
const CONNECTIONS_AT_ONCE_MAX: usize = 20;
/// The longest that Sendmail lets a client wait.
const SLEEP_MAX: Duration = Duration::from_secs(240);

/// How many errors Postfix makes of commands that carry no mail.
fn junk(context: &Context) -> u32 {
    // The greeting of the client is one of them, and the limit itself is borne.
    context.idle_commands.saturating_sub(JUNK_COMMANDS_MAX + 1)
}

/// Sendmail, with a pause before replies.
fn sendmail(peer: &Peer, pause: fn(&Reply, &Context) -> Duration) -> Box<dyn Server> {
    let manners = Manners {
        calls_itself: "ESMTP Sendmail 8.17.1/8.17.1; ready",
        pause,
        ..Manners::CLOSED
    };
    server(peer, manners)
}

/// How long Sendmail waits before it answers `verb`, which `came` so often and is borne less than
/// `most` times.
fn too_often(verb: Verb, came: u32, most: u32, context: &Context) -> Duration {
    match came.checked_sub(most) {
        Some(beyond) if verb == context.verb => {
            let seconds = 1_u64.checked_shl(beyond).unwrap_or(u64::MAX);
            Duration::from_secs(seconds).min(SLEEP_MAX)
        }
        _ => Duration::ZERO,
    }
}

/// A server that has only so many callers at once.
struct AtOnce {
    inner: Box<dyn Server>,
    open: Rc<Cell<usize>>,
}

impl Server for AtOnce {
    fn answer(&mut self, caller: SocketAddr) -> Box<dyn Conversation> {
        if self.open.get() == CONNECTIONS_AT_ONCE_MAX {
            return Box::new(TurnedAway);
        }
        self.open.update(|open| open + 1);
        Box::new(Place {
            inner: self.inner.answer(caller),
            open: Rc::clone(&self.open),
        })
    }
}

/// A connection that takes one of the places.
struct Place {
    inner: Box<dyn Conversation>,
    open: Rc<Cell<usize>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.update(|open| open - 1);
    }
}

impl Conversation for Place {
    fn on_open(&mut self, turn: &mut Turn) {
        self.inner.on_open(turn);
    }

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        self.inner.on_octets(octets, turn);
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        self.inner.on_timer(turn);
    }
}

/// A connection for which there was no place.
struct TurnedAway;

impl Conversation for TurnedAway {
    fn on_open(&mut self, turn: &mut Turn) {
        turn.send(b"421 Too many concurrent SMTP connections; please try again later.\r\n");
        turn.close();
    }

    fn on_octets(&mut self, _octets: &[u8], _turn: &mut Turn) {}

    fn on_timer(&mut self, _turn: &mut Turn) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(server: &mut dyn Server) -> Caller {
        let mut caller = Caller {
            conversation: server.answer("203.0.113.1:40000".parse().unwrap()),
            now: Duration::ZERO,
            timer: None,
            over: false,
        };
        let greeting = caller.event(|conversation, turn| conversation.on_open(turn));
        caller.over |= !greeting.starts_with('2');
        caller
    }

    struct Caller {
        conversation: Box<dyn Conversation>,
        now: Duration,
        timer: Option<Duration>,
        over: bool,
    }

    impl Caller {
        /// The reply to a line, and how long it took.
        fn say(&mut self, line: &str) -> (String, Duration) {
            let before = self.now;
            let octets = format!("{line}\r\n");
            let said =
                self.event(|conversation, turn| conversation.on_octets(octets.as_bytes(), turn));
            (said, self.now - before)
        }

        fn event(&mut self, event: impl FnOnce(&mut dyn Conversation, &mut Turn)) -> String {
            assert!(!self.over, "the connection is over");
            let mut turn = Turn::new(self.now, self.timer);
            event(self.conversation.as_mut(), &mut turn);
            while turn.sent().is_empty() {
                self.now = turn.timer().unwrap();
                turn = Turn::new(self.now, None);
                self.conversation.on_timer(&mut turn);
            }
            self.timer = turn.timer();
            self.over = turn.is_closed();
            String::from_utf8(turn.sent().to_vec()).unwrap()
        }
    }

    /// Each limit: what is said again and again, how often that is borne, and then the reply, and
    /// how many seconds it takes.
    #[test]
    fn a_limit_is_where_it_is_said_to_be() {
        let sender = "MAIL FROM:<s@probe.example>";
        let foreign = "RCPT TO:<u@sink.example>";
        for (name, before, again, borne, then, seconds) in [
            ("unknown-commands", "", "HELP", 3, "554 ", 0),
            // Ten errors more make it slow, twenty end it.
            ("junk-commands", "", "RSET", 110, "250 ", 1),
            ("junk-commands", "", "RSET", 120, "421 ", 1),
            ("junk-commands", sender, foreign, 19, "421 ", 1),
            ("noop-limit", "", "NOOP", 19, "250 ", 1),
            ("noop-limit", "", "NOOP", 22, "250 ", 8),
            ("noop-limit", "", "NOOP", 40, "250 ", 240),
            ("noop-limit", "", "RSET", 40, "250 ", 0),
            ("hello-limit", "", "EHLO c", 1, "250-", 1),
            ("verify-limit", "", "VRFY u", 5, "252 ", 1),
            ("many-recipients", sender, foreign, 1_000, "451 ", 0),
        ] {
            let peer = Personality::named(name).unwrap().at("mail.h.example", &[]);
            let mut server = peer.server();
            let mut caller = answer(server.as_mut());
            let lines = ["EHLO c", before]
                .into_iter()
                .filter(|line| !line.is_empty());
            for line in lines.chain(std::iter::repeat_n(again, borne)) {
                let (said, _) = caller.say(line);
                assert!(
                    !caller.over && !said.starts_with("451"),
                    "{name}: {line}: {said}"
                );
            }
            let (said, took) = caller.say(again);
            assert!(said.starts_with(then), "{name}: {again}: {said}");
            assert_eq!(took, Duration::from_secs(seconds), "{name}: {again}");
        }
    }

    #[test]
    fn the_hundred_and_first_message_has_no_sender() {
        let peer = Personality::named("hundred-messages")
            .unwrap()
            .at("mail.h.example", &[]);
        let mut server = peer.server();
        let mut caller = answer(server.as_mut());
        for _ in 0..MESSAGES_MAX {
            for (line, code) in [
                ("MAIL FROM:<>", "250 "),
                ("RCPT TO:<postmaster>", "250 "),
                ("DATA", "354 "),
                (".", "250 "),
            ] {
                let (said, _) = caller.say(line);
                assert!(said.starts_with(code), "{line}: {said}");
            }
        }
        assert!(caller.say("MAIL FROM:<>").0.starts_with("452 "));
    }

    #[test]
    fn a_place_is_free_again_when_its_caller_has_left() {
        let peer = Personality::named("twenty-at-once")
            .unwrap()
            .at("mail.h.example", &[]);
        let mut server = peer.server();
        let mut held: Vec<_> = (0..CONNECTIONS_AT_ONCE_MAX)
            .map(|_| answer(server.as_mut()))
            .collect();
        assert!(held.iter().all(|caller| !caller.over));
        assert!(answer(server.as_mut()).over, "one too many");
        held.pop();
        assert!(!answer(server.as_mut()).over);
    }
}
