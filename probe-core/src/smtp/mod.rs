//! SMTP as a client sees it: replies in, commands out (RFC 5321).
//!
//! * [`ReplyParser`] takes a stream's octets and stops after each whole [`Reply`], so that a
//!   dialogue drains a pipelined group one reply at a time.
//! * [`classify`] says what a reply means: code class, enhanced status code and wording together.
//! * [`Command`] writes a command line; [`PathText`] and the helpers of [`path`] write what stands
//!   between the angle brackets. What does not fit is reported, never cut.
//!
//! Nothing here refuses a server's octets: what a server does wrong becomes a [`Quirks`] flag.

pub mod base32;
mod class;
mod classify;
pub mod command;
mod enhanced;
mod extensions;
mod host;
mod line;
pub mod literal;
pub mod path;
mod reply;
mod server;
mod wording;
mod words;

pub use self::{
    class::{Class, Step},
    classify::classify,
    command::{COMMAND_OCTETS_MAX, Command, Greeter},
    enhanced::Enhanced,
    extensions::Extensions,
    line::{LINE_OCTETS_KEPT, LINE_OCTETS_MAX, LINE_OCTETS_RFC},
    path::{PathText, TooLong},
    reply::{FIRST_OCTETS_KEPT, Quirks, REPLY_LINES_MAX, REPLY_OCTETS_MAX, Reply, ReplyParser},
    server::Server,
    wording::Wording,
};
