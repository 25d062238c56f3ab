//! Words and numbers as people read and write them.

use probe_core::{
    finding::Probe,
    scope::{Depth, Refusal},
    verdict::{Kind, Reason},
};
use serde::de::DeserializeOwned;

/// The variant whose word is `word`.
pub fn find<T: DeserializeOwned + Copy>(word: &str, of: impl Fn(T) -> &'static str) -> Option<T> {
    all::<T>().find(|it| of(*it) == word)
}

/// A verdict's kind by its word.
pub fn kind(word: &str) -> Option<Kind> {
    find(word, Kind::as_str)
}

/// A verdict's reason by its word.
pub fn reason(word: &str) -> Option<Reason> {
    find(word, Reason::as_str)
}

/// A probe by its word.
pub fn probe(word: &str) -> Option<Probe> {
    find(word, Probe::as_str)
}

/// A depth by its word.
pub fn depth(word: &str) -> Option<Depth> {
    find(word, Depth::as_str)
}

/// A refusal by its word.
pub fn refusal(word: &str) -> Option<Refusal> {
    find(word, Refusal::as_str)
}

/// Every variant of an enum without data: postcard numbers them from 0 without gaps.
pub fn all<T: DeserializeOwned>() -> impl Iterator<Item = T> {
    (0u8..0x80).map_while(|index| postcard::from_bytes(&[index]).ok())
}

/// A number in groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// `one` or `many`, with the number before it.
pub fn counted(number: usize, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    format!("{} {word}", grouped(number as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        assert_eq!(all::<Kind>().count(), 5);
        for it in all::<Kind>() {
            assert_eq!(kind(it.as_str()), Some(it));
        }
        for it in all::<Reason>() {
            assert_eq!(reason(it.as_str()), Some(it));
        }
        assert_eq!(depth("standard"), Some(Depth::Standard));
        assert_eq!(probe("proxy"), Some(Probe::Proxy));
        assert_eq!(probe("gateway"), None);
    }
}
