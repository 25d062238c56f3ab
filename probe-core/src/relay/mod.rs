//! The relay battery: does a mail server carry mail for anyone?
//!
//! [`forms`] are the ways to ask, [`PAIRS`] which of them go together, the plan decides
//! how much of it a connection bears, and [`RelayDialogue`] asks. docs/relay-battery.md has the
//! tables.

mod budget;
mod dialogue;
pub mod forms;
mod outcome;
mod pair_set;
mod pairs;
mod parked;
mod plan;
mod writing;

pub use self::{
    dialogue::{RelayDialogue, Setup},
    forms::{Hello, Recipient, Sender, Syntax},
    outcome::{Outcome, Outcomes},
    pair_set::PairSet,
    pairs::{PAIRS, PAIRS_MAX, Pair, PairId, Setting, Slot},
    parked::{PARKED_FOR, PARKED_OCTETS_MAX, Parked},
    plan::REFUSALS_MAX_UNLESS_FULL,
    writing::{Envelope, Unwritten},
};
