//! The recipients of a transaction that matter.

use super::{RECIPIENTS_KEPT_MAX, RECIPIENTS_MAX};
use crate::token::{Role, Token};

/// What a recipient has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A token whose code is right, or else one whose job nobody here knows.
    Token(Token),
    /// Only tokens whose code is wrong, although their job is known.
    Forged,
    /// No token.
    Nothing,
}

/// Which token of a recipient counts. `is_right` says whether a code is right, where the job is
/// known.
pub fn token_of(recipient: &[u8], is_right: impl Fn(&Token) -> Option<bool>) -> Found {
    // A server's own letters may look like a token of a job that nobody has ever had; so one that
    // has business in an envelope is preferred.
    let worth = |token: &Token| match (is_right(token), token.role) {
        (Some(true), _) => 3_u8,
        (None, Role::Sender | Role::Recipient) => 2,
        (None, Role::Message | Role::Twin | Role::Proxy) => 1,
        (Some(false), _) => 0,
    };
    let mut found = Found::Nothing;
    let mut best = 0;
    for token in Token::all_in(recipient) {
        let worth = worth(&token);
        if worth > best {
            best = worth;
            found = Found::Token(token);
        } else if best == 0 {
            found = Found::Forged;
        }
    }
    found
}

/// The token of each different one, or none where somebody objects.
pub(super) struct Recipients {
    kept: heapless::Vec<Option<Token>, RECIPIENTS_KEPT_MAX, u8>,
    accepted: u8,
}

impl Recipients {
    pub(super) const fn new() -> Self {
        Self {
            kept: heapless::Vec::new(),
            accepted: 0,
        }
    }

    /// False where there is no room.
    pub(super) fn accept(&mut self, recipient: Option<Token>) -> bool {
        let is_kept = self.kept.contains(&recipient);
        if self.accepted >= RECIPIENTS_MAX || !is_kept && self.kept.push(recipient).is_err() {
            return false;
        }
        self.accepted = self.accepted.saturating_add(1);
        true
    }

    pub(super) fn get(&self, place: u8) -> Option<Option<Token>> {
        self.kept.get(usize::from(place)).copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Whether `token` is of the message that one of them was promised.
    pub(super) fn await_message(&self, token: &Token) -> bool {
        self.kept
            .iter()
            .flatten()
            .any(|of| of.serial() == token.serial() && of.pair() == token.pair())
    }

    /// Whether somebody objects.
    pub(super) fn take_objections(&self) -> bool {
        self.kept.contains(&None)
    }

    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.accepted = 0;
    }
}
