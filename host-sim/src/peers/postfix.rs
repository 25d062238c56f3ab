//! What the personalities that behave like Postfix have in common.

use std::time::Duration;

use super::{
    Peer,
    local::{Local, is_user},
    resolve::{Destination, resolve},
};
use crate::smtp::{Context, Path, Policy, Reply};

/// Errors after which every reply takes [`ERROR_SLEEP`] (smtpd_soft_error_limit).
pub(super) const SOFT_ERRORS_MAX: u32 = 10;
/// The error that ends the connection (smtpd_hard_error_limit).
pub(super) const HARD_ERRORS_MAX: u32 = 20;
/// smtpd_error_sleep_time.
pub(super) const ERROR_SLEEP: Duration = Duration::from_secs(1);

/// What a server says to a recipient that is not its own.
pub(super) trait Relaying {
    /// The reply to mail from the transaction's sender to `recipient`, which leads elsewhere.
    fn foreign(&mut self, recipient: &Path, context: &Context, local: &Local) -> Reply;
}

/// A policy with Postfix's manners, whose relaying is somebody else's decision.
pub(super) struct Postfix<R> {
    local: Local,
    relaying: R,
}

impl<R: Relaying> Postfix<R> {
    pub(super) fn new(peer: &Peer, relaying: R) -> Self {
        Self {
            local: Local::of(peer),
            relaying,
        }
    }
}

impl<R: Relaying> Policy for Postfix<R> {
    fn greeting(&mut self) -> Reply {
        Reply::new(220, format!("{} ESMTP Postfix", self.local.host()))
    }

    fn ehlo(&mut self, _context: &Context) -> Reply {
        Reply::lines(
            250,
            [
                self.local.host(),
                "PIPELINING",
                "SIZE 10240000",
                "VRFY",
                "ETRN",
                "ENHANCEDSTATUSCODES",
                "8BITMIME",
                "DSN",
                "CHUNKING",
            ],
        )
    }

    fn mail(&mut self, sender: &Path, _context: &Context) -> Reply {
        if !sender.is_null() && resolve(sender, &self.local) == Destination::Broken {
            return Reply::new(501, "5.1.7 Bad sender address syntax");
        }
        Reply::new(250, "2.1.0 Ok")
    }

    fn rcpt(&mut self, recipient: &Path, context: &Context) -> Reply {
        match resolve(recipient, &self.local) {
            Destination::Broken => Reply::new(501, "5.1.3 Bad recipient address syntax"),
            Destination::Remote => self.relaying.foreign(recipient, context, &self.local),
            Destination::Local(user) if is_user(&user) => Reply::new(250, "2.1.5 Ok"),
            Destination::Local(_) => Reply::new(
                550,
                format!(
                    "5.1.1 <{}>: Recipient address rejected: User unknown in local recipient table",
                    recipient.mailbox()
                ),
            ),
        }
    }

    fn revise(&mut self, reply: Reply, context: &Context) -> Reply {
        too_many_errors(&reply, context, self.local.host()).unwrap_or(reply)
    }

    fn pause(&mut self, _reply: &Reply, context: &Context) -> Duration {
        error_sleep(context)
    }
}

/// What the server says instead of `reply` when it has had enough.
pub(super) fn too_many_errors(reply: &Reply, context: &Context, host: &str) -> Option<Reply> {
    (reply.is_refusal() && context.errors >= HARD_ERRORS_MAX)
        .then(|| Reply::new(421, format!("4.7.0 {host} Error: too many errors")).and_close())
}

/// How long the server waits before each reply.
pub(super) fn error_sleep(context: &Context) -> Duration {
    if context.errors >= SOFT_ERRORS_MAX {
        ERROR_SLEEP
    } else {
        Duration::ZERO
    }
}
