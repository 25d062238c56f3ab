//! Walks over the words of a reply's text, without what only repeats names.
//!
//! A reply often repeats addresses and host names, and those may contain any word: a target called
//! `relay.example.org` does not deny relaying by saying its name. What stands in angle brackets and
//! every word with an inner dot or an `@` is passed over.

/// The rest of a text from the beginning of each of its plain words on.
pub(super) struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Words<'a> {
    pub(super) const fn of(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    /// Passes over the words that `phrase_rest` no longer holds: a phrase was found.
    pub(super) fn continue_at(&mut self, phrase_rest: &'a [u8]) {
        self.rest = after(phrase_rest, is_word_octet);
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let (octet, tail) = self.rest.split_first()?;
            if *octet == b'<' {
                let behind = after(tail, |octet| octet != b'>');
                // A bracket that is never closed hides nothing.
                self.rest = if behind.is_empty() { tail } else { behind };
                continue;
            }
            if !is_word_octet(*octet) {
                self.rest = tail;
                continue;
            }
            let here = self.rest;
            let behind_name = after(here, is_name_octet);
            let name_octets = here.len().saturating_sub(behind_name.len());
            if is_a_name(here.iter().take(name_octets)) {
                self.rest = behind_name;
                continue;
            }
            self.rest = after(here, is_word_octet);
            return Some(here);
        }
    }
}

/// Whether `text` begins with `phrase`, in any case; what follows it. A space of the phrase stands
/// for spaces, tabs, hyphens and underscores.
pub(super) fn after_phrase<'a>(text: &'a [u8], phrase: &[u8]) -> Option<&'a [u8]> {
    let mut rest = text;
    for wanted in phrase {
        if *wanted == b' ' {
            let behind = after(rest, |octet| matches!(octet, b' ' | b'\t' | b'-' | b'_'));
            if behind.len() == rest.len() {
                return None;
            }
            rest = behind;
        } else {
            let (octet, tail) = rest.split_first()?;
            if octet.to_ascii_lowercase() != *wanted {
                return None;
            }
            rest = tail;
        }
    }
    Some(rest)
}

fn after(text: &[u8], belongs: impl Fn(u8) -> bool) -> &[u8] {
    let mut rest = text;
    while let Some((octet, tail)) = rest.split_first() {
        if !belongs(*octet) {
            break;
        }
        rest = tail;
    }
    rest
}

const fn is_word_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || octet == b'\'' || octet >= 0x80
}

const fn is_name_octet(octet: u8) -> bool {
    is_word_octet(octet) || matches!(octet, b'.' | b'@' | b'-' | b'_' | b'%' | b'!' | b'+' | b'=')
}

/// Whether a run of name octets is an address or a dotted name, and not a word that ends a sentence.
fn is_a_name<'a>(run: impl Iterator<Item = &'a u8>) -> bool {
    let mut after_dot = false;
    for octet in run {
        if matches!(octet, b'@' | b'%' | b'!') || (after_dot && octet.is_ascii_alphanumeric()) {
            return true;
        }
        after_dot = *octet == b'.';
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_no_words() {
        let words = |text: &'static str| -> Vec<String> {
            Words::of(text.as_bytes())
                .map(|rest| {
                    let word = &rest[..rest.len() - after(rest, is_word_octet).len()];
                    String::from_utf8_lossy(word).into_owned()
                })
                .collect()
        };
        for (text, expected) in [
            ("Relay access denied", &["Relay", "access", "denied"][..]),
            ("<u@relay.example>: No relay", &["No", "relay"]),
            ("relay.example.org says no.", &["says", "no"]),
            ("u%relay@h refused", &["refused"]),
            ("denied.Really", &[]),
            ("denied. Really", &["denied", "Really"]),
            ("host [192.0.2.1] blocked", &["host", "blocked"]),
            ("open-relay", &["open", "relay"]),
            ("<never closed", &["never", "closed"]),
            ("can't", &["can't"]),
            ("", &[]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn phrases_match_across_spaces_and_hyphens_in_any_case() {
        for (text, phrase, expected) in [
            ("Open-Relay x", "open relay", Some(" x")),
            ("open \t relaying", "open relay", Some("ing")),
            ("openrelay", "open relay", None),
            ("open", "open relay", None),
        ] {
            assert_eq!(
                after_phrase(text.as_bytes(), phrase.as_bytes()),
                expected.map(str::as_bytes),
                "{text:?}"
            );
        }
    }
}
