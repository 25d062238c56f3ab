//! The conversations of a job as `C:` and `S:` lines.
//!
//! The device keeps the text of the replies that matter and counts the rest; the commands before
//! them follow from their pairs.

use probe_core::{
    evidence::{Connection, Line},
    smtp::Step,
};

use super::{CaseView, JobView, forms::Writer};
use crate::output::escaped;

/// What stands for a test message, whose text is always the same but for its tokens.
pub const THE_MESSAGE: &str = "(the message)";

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// How it went.
    pub connection: Connection,
    /// What was said, as far as its text was kept.
    pub lines: Vec<Said>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// By us, or by the server.
    pub by_us: bool,
    /// What, in printable ASCII and without its end.
    pub text: String,
    /// It belongs to a command whose recipient was accepted.
    pub accepted: bool,
}

/// The conversations of `job`, in order.
pub fn of(view: &CaseView, job: &JobView) -> Vec<Conversation> {
    let Some(evidence) = job.relay() else {
        return Vec::new();
    };
    let writer = Writer::new(view, job);
    let mut conversations: Vec<Conversation> = evidence
        .connections()
        .map(|connection| Conversation {
            connection,
            lines: Vec::new(),
        })
        .collect();
    let mut scribe = Scribe::default();
    for line in evidence.lines() {
        let at = usize::from(line.connection).saturating_sub(1);
        if let Some(conversation) = conversations.get_mut(at) {
            let accepted = line
                .pair
                .is_some_and(|pair| evidence.outcome(pair).is_accepted());
            scribe.write(conversation, &writer, &line, accepted);
        }
    }
    conversations
}

/// Puts commands before the replies, each once.
#[derive(Default)]
struct Scribe {
    /// The connection, and the MAIL command that is in force on it.
    mail: Option<(u8, String)>,
    greeted: u8,
}

impl Scribe {
    fn write(
        &mut self,
        conversation: &mut Conversation,
        writer: &Writer<'_>,
        line: &Line<'_>,
        accepted: bool,
    ) {
        let mut say = |text: String| {
            conversation.lines.push(Said {
                by_us: true,
                text,
                accepted,
            });
        };
        let hello = conversation.connection.hello;
        if line.is_first {
            if line.step != Step::Greeting && self.greeted != line.connection {
                self.greeted = line.connection;
                say(writer.hello(hello, line.step != Step::Helo));
            }
            match (line.step, line.pair) {
                (Step::Mail, Some(pair)) => {
                    let mail = format!("MAIL FROM:{}", writer.sender(pair));
                    say(mail.clone());
                    self.mail = Some((line.connection, mail));
                }
                (Step::Rcpt, Some(pair)) => {
                    let mail = format!("MAIL FROM:{}", writer.sender(pair));
                    let mail = (line.connection, mail);
                    if self.mail.as_ref() != Some(&mail) {
                        say(mail.1.clone());
                        self.mail = Some(mail);
                    }
                    say(format!("RCPT TO:{}", writer.recipient(pair, line.twin)));
                }
                // What came before was accepted, or these would not have been said.
                (Step::Data | Step::Dot, Some(pair)) => {
                    say(format!("MAIL FROM:{}", writer.sender(pair)));
                    say(format!("RCPT TO:{}", writer.recipient(pair, false)));
                    say("DATA".to_owned());
                    if line.step == Step::Dot {
                        say(THE_MESSAGE.to_owned());
                    }
                }
                (Step::Rset, _) => say("RSET".to_owned()),
                (Step::StartTls, _) => say("STARTTLS".to_owned()),
                (Step::Quit, _) => say("QUIT".to_owned()),
                (Step::Data, _) => say("DATA".to_owned()),
                (Step::Dot, _) => say(THE_MESSAGE.to_owned()),
                (Step::Greeting | Step::Ehlo | Step::Helo | Step::Mail | Step::Rcpt, _) => {}
            }
        }
        let mut text = escaped(line.text);
        if line.is_cut {
            text.push_str("...");
        }
        conversation.lines.push(Said {
            by_us: false,
            text,
            accepted,
        });
    }
}
