//! The distinct replies of a job: a server says the same few things again and again.

use serde::{Deserialize, Serialize};

use crate::smtp::{Class, Enhanced, Reply};

/// How many distinct replies are kept; see [`super::Notes::REPLIES_FULL`].
pub const REPLIES_MAX: usize = 14;

/// What is kept of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// 200 to 599.
    pub code: u16,
    /// The enhanced status code.
    pub enhanced: Option<Enhanced>,
    /// What it means.
    pub class: Class,
    /// A checksum over its words, without the names and addresses that it repeats. Equal replies
    /// have equal ones.
    pub words: u16,
}

impl Summary {
    pub(super) fn of(reply: &Reply<'_>) -> Self {
        Self {
            code: reply.code,
            enhanced: reply.enhanced,
            class: reply.class,
            words: words(reply.last),
        }
    }
}

/// The place of a reply that did not fit.
const NOT_KEPT: u8 = 15;

/// The distinct replies, by place from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Replies(heapless::Vec<Summary, REPLIES_MAX, u8>);

impl Replies {
    pub(super) fn get(&self, place: u8) -> Option<Summary> {
        let index = usize::from(place.checked_sub(1)?);
        self.0.get(index).copied()
    }

    /// The place of a reply, and whether it is the first of its kind.
    pub(super) fn place_of(&mut self, summary: Summary) -> (u8, bool) {
        for (place, known) in (1..).zip(&self.0) {
            if *known == summary {
                return (place, false);
            }
        }
        match self.0.push(summary) {
            Ok(()) => (self.0.len() as u8, true),
            Err(_) => (NOT_KEPT, true),
        }
    }

    pub(super) fn is_kept(place: u8) -> bool {
        place != NOT_KEPT
    }
}

/// FNV-1a over the letters of words that are plain: without what stands in brackets and without
/// every word that holds an `@`, a dot inside, or a digit.
fn words(line: &[u8]) -> u16 {
    let mut sum = 0x811c_9dc5_u32;
    for word in line.split(|octet| matches!(octet, b' ' | b'\t')) {
        let is_plain = word
            .iter()
            .all(|octet| !matches!(octet, b'@' | b'<' | b'>' | b'[' | b']' | b'0'..=b'9'))
            && !word.iter().rev().skip(1).any(|octet| *octet == b'.');
        if is_plain {
            for octet in word {
                sum = (sum ^ u32::from(octet.to_ascii_lowercase())).wrapping_mul(0x0100_0193);
            }
        }
    }
    ((sum >> 16) ^ (sum & 0xffff)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_do_not_make_a_reply_another_one() {
        let one = words(b"554 5.7.1 <a@sink.example>: Relay access denied");
        assert_eq!(
            one,
            words(b"554 5.7.1 <b@nonce.invalid>: Relay access denied")
        );
        assert_eq!(one, words(b"454 4.7.1 <u%d@h>: relay access denied"));
        assert_ne!(one, words(b"554 5.7.1 <a@sink.example>: Access denied"));
    }

    #[test]
    fn what_does_not_fit_is_known_to_be_missing() {
        let mut replies = Replies::default();
        let summary = |code| Summary {
            code,
            enhanced: None,
            class: Class::Refused,
            words: 0,
        };
        for code in 0..REPLIES_MAX as u16 {
            assert_eq!(
                replies.place_of(summary(500 + code)),
                (code as u8 + 1, true)
            );
        }
        let (place, _) = replies.place_of(summary(599));
        assert!(!Replies::is_kept(place));
        assert_eq!(replies.get(place), None);
        assert_eq!(replies.place_of(summary(500)), (1, false));
    }
}
