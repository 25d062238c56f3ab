//! The relay battery: does a mail server carry mail for anyone?
//!
//! [`forms`] are the ways to ask, [`PAIRS`] which of them go together, the plan decides
//! how much of it a connection bears, and [`RelayDialogue`] asks. docs/relay-battery.md has the
//! tables.

mod budget;
mod course;
mod deliveries;
mod dialogue;
pub mod forms;
mod meaning;
mod message;
mod outcome;
mod pair_set;
mod pairs;
mod parked;
mod plan;
mod writing;

#[cfg(test)]
mod dialogues;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod peer;

pub use self::{
    course::{
        BARREN_CONNECTIONS_MAX, CONNECTED_MS_MAX, DATA_MS_MAX, DIALOGUE_CONNECTIONS_MAX,
        DOT_MS_MAX, GREETING_MS_MAX, NO_SLOT_MAX, NO_SLOT_PAUSE, OPEN_MS_MAX, REPLY_MS_MAX,
    },
    deliveries::{RETURN_WAITS, may_deliver},
    dialogue::{DIALOGUE_OCTETS_MAX, RelayDialogue, Setup},
    forms::{Hello, Recipient, Sender, Syntax},
    message::{Message, TEXT_LINE_OCTETS_MAX},
    outcome::{Outcome, Outcomes},
    pair_set::PairSet,
    pairs::{PAIRS, PAIRS_MAX, Pair, PairId, Setting, Slot},
    parked::{PARKED_FOR, PARKED_OCTETS_MAX, Parked},
    plan::{REFUSALS_MAX_UNLESS_FULL, t1_under},
    writing::{Envelope, Unwritten},
};
