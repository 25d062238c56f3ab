//! How a server passes on what it relays.

use std::time::Duration;

/// How a server passes on what it relays, and how it returns what it cannot deliver.
#[derive(Clone, Copy, Debug)]
pub struct Passing {
    /// How long a message lies in its queue.
    pub after: Duration,
    /// Whether another host delivers, at an address that nobody has probed.
    pub from_another_host: bool,
    /// How many messages it passes on; it keeps the others.
    pub at_most: u32,
    /// What it makes of a message and its envelope.
    pub rewrites: fn(&mut Letter),
    /// Whether it writes to the recipient of what it keeps, with a token of its own making.
    pub forges: bool,
    /// Whether it returns mail under a name of its own. RFC 5321, 4.5.5 wants the null reverse-path.
    pub signs_bounces: bool,
}

impl Passing {
    /// Within seconds, everything, as it came.
    pub const PROMPT: Self = Self {
        after: Duration::from_secs(2),
        from_another_host: false,
        at_most: u32::MAX,
        rewrites: |_| {},
        forges: false,
        signs_bounces: false,
    };
}

/// A message on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The reverse-path without brackets; empty for the null one.
    pub from: String,
    /// The recipient without brackets.
    pub to: String,
    /// The message, with CRLF behind each line.
    pub message: String,
}

impl Letter {
    /// Its header, without the empty line behind it, and its body.
    pub fn parts(&self) -> (&str, &str) {
        self.message
            .split_once("\r\n\r\n")
            .unwrap_or((&self.message, ""))
    }
}
