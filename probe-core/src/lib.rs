//! Postern's core: every protocol and every decision, and nothing else.
//!
//! `no_std`, no heap, no `unsafe`, sans-IO. Time, octets and seeds are arguments; what
//! happened comes out as observations. Data flows one way:
//!
//! ```text
//! suspect -> target -> job -> dialogue -> observation -> evidence -> verdict -> finding -> frame
//! ```
//!
//! A shell (the firmware, the simulator, the `direct` link of the tool) owns sockets and the
//! clock. It holds one [`prober::Prober`], asks it for a job, drives that job's
//! [`dialogue::Dialogue`], folds the observations into an [`evidence::Evidence`], and gives
//! both back.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable
    )
)]

pub mod arrival;
pub mod dead;
pub mod dialogue;
pub mod dns;
pub mod dnsbl;
pub mod evidence;
pub mod finding;
pub mod frame;
pub mod host_link;
pub mod name;
pub mod outbox;
pub mod path_check;
pub mod prober;
pub mod proxy;
pub mod relay;
pub mod schedule;
pub mod scope;
pub mod sink;
pub mod smtp;
pub mod suspect;
pub mod target;
pub mod tester;
#[cfg(test)]
pub(crate) mod testing;
pub mod time;
pub mod token;
pub mod verdict;
