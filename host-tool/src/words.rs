//! Words of the core's own enums, read back.

use probe_core::{
    finding::Probe,
    scope::Depth,
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

/// Every variant of an enum without data: postcard numbers them from 0 without gaps.
pub fn all<T: DeserializeOwned>() -> impl Iterator<Item = T> {
    (0u8..0x80).map_while(|index| postcard::from_bytes(&[index]).ok())
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
        assert_eq!(probe("proxy"), None);
    }
}
