//! What came of a pair: four bits, so that a whole battery fits a parked job and a finding.

use serde::{Deserialize, Serialize};

use super::pairs::{PAIRS_MAX, PairId};

/// What came of a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// It was not sent.
    #[default]
    NotReached,
    /// 2xx at RCPT.
    Accepted,
    /// 2xx at RCPT, and its twin under `.invalid` was refused.
    AcceptedTwinRefused,
    /// 2xx at RCPT, and its twin under `.invalid` was accepted as well.
    AcceptedTwinAccepted,
    /// An explicit relay denial, at MAIL or RCPT, with any code.
    RelayDenied,
    /// The recipient was refused for good, in words that do not speak of relaying.
    RecipientRefused,
    /// The sender was refused, at MAIL or RCPT.
    SenderRefused,
    /// Deferred, in words or with a code that promise nothing.
    Deferred,
    /// Deferred by greylisting.
    Greylisted,
    /// The server refused us, or the name in our EHLO.
    Blocked,
    /// A login is wanted first.
    AuthRequired,
    /// TLS is wanted first.
    TlsRequired,
    /// An answer that decides nothing.
    Unclear,
    /// It was sent, and no answer came that can be relied on.
    CutOff,
    /// It would be longer than RFC 5321 allows with this target's names.
    TooLong,
    /// No name is known that it could be written with.
    NotFormable,
}

impl Outcome {
    const ALL: [Self; 16] = [
        Self::NotReached,
        Self::Accepted,
        Self::AcceptedTwinRefused,
        Self::AcceptedTwinAccepted,
        Self::RelayDenied,
        Self::RecipientRefused,
        Self::SenderRefused,
        Self::Deferred,
        Self::Greylisted,
        Self::Blocked,
        Self::AuthRequired,
        Self::TlsRequired,
        Self::Unclear,
        Self::CutOff,
        Self::TooLong,
        Self::NotFormable,
    ];

    /// Its number, 0 to 15.
    pub const fn nibble(self) -> u8 {
        self as u8
    }

    /// The outcome with this number; only the low four bits count.
    pub fn of_nibble(nibble: u8) -> Self {
        Self::ALL
            .get(usize::from(nibble & 15))
            .copied()
            .unwrap_or_default()
    }

    /// The word in transcripts and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotReached => "not-reached",
            Self::Accepted => "accepted",
            Self::AcceptedTwinRefused => "accepted-twin-refused",
            Self::AcceptedTwinAccepted => "accepted-twin-accepted",
            Self::RelayDenied => "relay-denied",
            Self::RecipientRefused => "recipient-refused",
            Self::SenderRefused => "sender-refused",
            Self::Deferred => "deferred",
            Self::Greylisted => "greylisted",
            Self::Blocked => "blocked",
            Self::AuthRequired => "auth-required",
            Self::TlsRequired => "tls-required",
            Self::Unclear => "unclear",
            Self::CutOff => "cut-off",
            Self::TooLong => "too-long",
            Self::NotFormable => "not-formable",
        }
    }

    /// Whether the server said 2xx.
    pub const fn is_accepted(self) -> bool {
        matches!(
            self,
            Self::Accepted | Self::AcceptedTwinRefused | Self::AcceptedTwinAccepted
        )
    }

    /// Whether the server said anything else.
    pub const fn is_refused(self) -> bool {
        matches!(
            self,
            Self::RelayDenied
                | Self::RecipientRefused
                | Self::SenderRefused
                | Self::Deferred
                | Self::Greylisted
                | Self::Blocked
                | Self::AuthRequired
                | Self::TlsRequired
                | Self::Unclear
        )
    }

    /// Whether the same envelope may get another answer later.
    pub const fn is_deferred(self) -> bool {
        matches!(self, Self::Deferred | Self::Greylisted)
    }

    /// Whether there is an answer, of whatever kind.
    pub const fn is_answered(self) -> bool {
        self.is_accepted() || self.is_refused()
    }
}

/// The outcomes of all pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes([u8; PAIRS_MAX / 2]);

impl Outcomes {
    /// What came of a pair.
    pub fn get(&self, pair: PairId) -> Outcome {
        let octet = self.0.get(pair.index() / 2).copied().unwrap_or_default();
        Outcome::of_nibble(if pair.index().is_multiple_of(2) {
            octet
        } else {
            octet >> 4
        })
    }

    /// Notes what came of a pair.
    pub fn set(&mut self, pair: PairId, outcome: Outcome) {
        if let Some(octet) = self.0.get_mut(pair.index() / 2) {
            *octet = if pair.index().is_multiple_of(2) {
                (*octet & 0xf0) | outcome.nibble()
            } else {
                (*octet & 0x0f) | (outcome.nibble() << 4)
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_outcomes_fit_four_bits() {
        for (number, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(outcome.nibble()), number);
            assert_eq!(Outcome::of_nibble(outcome.nibble()), outcome);
            assert!(!(outcome.is_accepted() && outcome.is_refused()));
        }
    }

    #[test]
    fn neighbours_do_not_disturb_each_other() {
        let mut outcomes = Outcomes::default();
        for pair in PairId::all() {
            outcomes.set(pair, Outcome::of_nibble(pair.index() as u8));
        }
        for pair in PairId::all() {
            assert_eq!(outcomes.get(pair), Outcome::of_nibble(pair.index() as u8));
        }
    }
}
