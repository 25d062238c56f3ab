//! The relay battery: does a mail server carry mail for anyone?
//!
//! [`forms`] are the ways to ask, [`PAIRS`] which of them go together, the plan decides
//! how much of it a connection bears, and [`RelayDialogue`] asks. docs/relay-battery.md has the
//! tables.

mod dialogue;
pub mod forms;
mod outcome;
mod pairs;
mod parked;

pub use self::{
    dialogue::{RelayDialogue, Setup},
    forms::{Hello, Recipient, Sender, Syntax},
    outcome::{Outcome, Outcomes},
    pairs::{PAIRS, PAIRS_MAX, Pair, PairId, Setting, Slot},
    parked::{PARKED_FOR, PARKED_OCTETS_MAX, Parked},
};
