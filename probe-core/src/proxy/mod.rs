//! Open proxies: does the target connect to our own sink for whoever asks?
//!
//! ```text
//! open ─▶ ask for a connection to our sink ─▶ granted ─▶ the sink's nonce ─▶ EHLO with our token ─▶ QUIT
//!                        │                       │               │                 │
//!                        └▶ refused, silent, …   └▶ no nonce     └▶ verified       └▶ the sink records a visit
//! ```
//!
//! One attempt is one connection, under one [`Protocol`] and towards one of the sink's ports. A
//! [`ProxyDialogue`] makes one after the other; what one tells of another protocol is used. The nonce
//! is never sent on a connection that it could come back on, so that only the sink's end of it can
//! have brought it; the visit says where the connection came out. No credential is ever sent.
//!
//! docs/proxy-probes.md has the octets, the order and what each answer means.

mod answer;
mod attempt;
mod behind;
mod dialogue;
mod gateway;
mod http;
mod outcome;
mod plan;
mod protocol;
mod setup;
mod socks;
#[cfg(test)]
mod tests;
mod watch;
mod writing;

pub use self::{
    answer::{ANSWER_OCTETS_MAX, FIRST_OCTETS_MAX},
    attempt::{AttemptId, PLACES},
    behind::Behind,
    dialogue::{
        DIALOGUE_OCTETS_MAX, GAP_MS, GRANT_MS_MAX, HELLO_MS_MAX, JOB_MS_MAX, NO_SLOT_MAX,
        NO_SLOT_PAUSE, NONCE_MS_MAX, OPEN_MS_MAX, ProxyDialogue,
    },
    outcome::{Outcome, Why},
    plan::SILENT_ATTEMPTS_MAX,
    protocol::{Family, PROTOCOLS, Protocol, Protocols},
    setup::Setup,
};

use core::net::IpAddr;

use crate::{dead::DeadBy, evidence::Finish, scope::Depth, time::Millis};

/// What a proxy dialogue reports while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// It begins.
    Began {
        /// How much is asked.
        depth: Depth,
        /// Hours since the scope was issued; part of every token that is sent.
        hours: u16,
    },
    /// An attempt is over.
    Attempt {
        /// Which.
        id: AttemptId,
        /// What came of it.
        outcome: Outcome,
        /// The HTTP status (RFC 9110, 15) or the reply code of SOCKS; 0 where there was none.
        code: u16,
        /// From asking for the connection until the outcome was known.
        after: Millis,
        /// Our own end of the connection, where there was one.
        local: Option<IpAddr>,
        /// The sink answered our EHLO through it.
        said_hello: bool,
        /// Something followed a 2xx.
        has_content: bool,
        /// What stands behind a 2xx to CONNECT, where that is known.
        behind: Option<Behind>,
        /// More came than [`ANSWER_OCTETS_MAX`].
        is_endless: bool,
        /// The first octets of what came, at most [`FIRST_OCTETS_MAX`].
        first: &'a [u8],
    },
    /// A protocol is not tried.
    Skipped {
        /// Which.
        protocol: Protocol,
        /// Why not.
        why: Why,
    },
    /// The first connection never came, and nothing could be asked.
    Dead(DeadBy),
    /// This device had no socket for a while.
    NoSlot,
    /// The dialogue is over.
    Finished(Finish),
}
