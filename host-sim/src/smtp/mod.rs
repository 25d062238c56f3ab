//! A small SMTP server (RFC 5321, RFC 2920) whose decisions are somebody else's.
//!
//! The engine reads commands, keeps the order of a transaction and counts; a [`Policy`] decides
//! what is answered and how fast. It shares nothing with probe-core: a mistake in reading SMTP
//! there must not hide behind the same mistake here.

mod path;
mod reply;
mod session;
mod verb;

use std::{net::SocketAddr, time::Duration};

pub use path::{NoPath, Path};
pub use reply::Reply;
pub use session::{IDLE_MAX, LINE_OCTETS_MAX, MESSAGE_OCTETS_MAX, Session};
pub use verb::Verb;

use crate::server::{Callout, Conversation, Server};

/// What has happened on a connection so far.
#[derive(Clone, Debug)]
pub struct Context {
    /// The moment that it is.
    pub now: Duration,
    /// The client.
    pub caller: SocketAddr,
    /// The name in HELO or EHLO.
    pub helo: Option<String>,
    /// The sender of the transaction that is open.
    pub sender: Option<Path>,
    /// Its recipients that were accepted.
    pub recipients: Vec<Path>,
    /// Recipients of this transaction that were refused.
    pub refused: u32,
    /// Commands that were answered with a refusal, on this connection.
    pub errors: u32,
    /// Replies that count as broken syntax, on this connection; see [`Policy::is_syntax_error`].
    pub syntax_errors: u32,
    /// RSET, HELO, EHLO, NOOP and VRFY on this connection.
    pub idle_commands: u32,
    /// RSET alone.
    pub resets: u32,
    /// EHLO and HELO.
    pub hellos: u32,
    /// NOOP.
    pub noops: u32,
    /// VRFY.
    pub verifications: u32,
    /// Commands that nobody knows.
    pub unknown_commands: u32,
    /// Messages that were taken, on this connection.
    pub messages: u32,
    /// Recipients that were asked for, on this connection.
    pub asked: u32,
    /// The last command.
    pub verb: Verb,
    /// Whether more input had arrived already when the command was read.
    pub pipelined: bool,
    /// Whether the client spoke before the greeting was said.
    pub early: bool,
}

/// A server's decisions. Each method may be asked many times on a connection.
pub trait Policy {
    /// The greeting.
    fn greeting(&mut self) -> Reply;

    /// EHLO.
    fn ehlo(&mut self, context: &Context) -> Reply;

    /// HELO.
    fn helo(&mut self, context: &Context) -> Reply {
        let mut reply = self.ehlo(context);
        reply.lines.truncate(1);
        reply
    }

    /// STARTTLS. After 220 the connection ends at the client's first octet: there is no TLS here.
    fn start_tls(&mut self, _context: &Context) -> Reply {
        Reply::new(502, "5.5.2 Command not recognised")
    }

    /// MAIL.
    fn mail(&mut self, sender: &Path, context: &Context) -> Reply;

    /// RCPT, after MAIL was accepted.
    fn rcpt(&mut self, recipient: &Path, context: &Context) -> Reply;

    /// DATA, after a recipient was accepted.
    fn data(&mut self, _context: &Context) -> Reply {
        Reply::new(354, "End data with <CR><LF>.<CR><LF>")
    }

    /// The dot at the end of a message.
    fn message(&mut self, _context: &Context) -> Reply {
        Reply::new(250, "2.0.0 Ok: queued")
    }

    /// A MAIL or RCPT that holds no path.
    fn no_path(&mut self) -> Reply {
        Reply::new(501, "5.1.7 Bad address syntax")
    }

    /// Whether `reply` counts as broken syntax.
    fn is_syntax_error(&self, reply: &Reply) -> bool {
        (500..=504).contains(&reply.code)
    }

    /// The last word on every reply to a command: a server that has had enough says so here. The
    /// context counts `reply` already.
    fn revise(&mut self, reply: Reply, _context: &Context) -> Reply {
        reply
    }

    /// A question that has to be answered by another server before the last command is.
    fn calls_out(&mut self) -> Option<Callout> {
        None
    }

    /// What is said in the end, when `reply` is about to leave.
    fn last_word(&mut self, reply: Reply) -> Reply {
        reply
    }

    /// How long the server waits before it says `reply`. The context counts it already.
    fn pause(&mut self, _reply: &Reply, _context: &Context) -> Duration {
        Duration::ZERO
    }
}

/// A server that gives each connection a policy from `policy`.
pub(crate) fn server<P: Policy + 'static>(policy: impl FnMut() -> P + 'static) -> Box<dyn Server> {
    struct Smtp<F>(F);

    impl<P: Policy + 'static, F: FnMut() -> P> Server for Smtp<F> {
        fn answer(&mut self, caller: SocketAddr) -> Box<dyn Conversation> {
            Box::new(Session::new((self.0)(), caller))
        }
    }

    Box::new(Smtp(policy))
}
