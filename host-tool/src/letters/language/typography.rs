//! The no-break spaces of a language, set by rule, so that message files stay readable.
//!
//! In messages `~` stands for a no-break space. The rest follows from the language: Polish keeps
//! a one-letter word with the next one, French sets its spaces inside guillemets and before
//! high punctuation.

use std::borrow::Cow;

use super::Language;

/// U+00A0.
pub(crate) const NO_BREAK: char = '\u{a0}';
/// U+202F.
pub(crate) const NARROW_NO_BREAK: char = '\u{202f}';

/// What sets `language`'s prose: the form in which `fluent_bundle` wants it.
pub(super) fn setter(language: Language) -> fn(&str) -> Cow<'_, str> {
    match language {
        Language::Pl => polish,
        Language::Fr => french,
        Language::FrCh => swiss_french,
        Language::DeCh | Language::DeLi => swiss_german,
        Language::Da
        | Language::De
        | Language::DeAt
        | Language::It
        | Language::ItCh
        | Language::En => plain,
    }
}

fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('~') {
        Cow::Owned(text.replace('~', "\u{a0}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn polish(text: &str) -> Cow<'_, str> {
    let mut set = String::with_capacity(text.len());
    let mut word_letters = 0;
    for letter in plain(text).chars() {
        if letter == ' ' && word_letters == 1 && set.ends_with(char::is_alphabetic) {
            set.push(NO_BREAK);
        } else {
            set.push(letter);
        }
        word_letters = if letter.is_alphanumeric() {
            word_letters + 1
        } else {
            0
        };
    }
    Cow::Owned(set)
}

/// In Switzerland and Liechtenstein: no ß, guillemets with the points outwards.
fn swiss_german(text: &str) -> Cow<'_, str> {
    let set: String = plain(text)
        .chars()
        .flat_map(|letter| match letter {
            'ß' => ['s', 's'].map(Some),
            '„' => [Some('«'), None],
            '“' => [Some('»'), None],
            '‚' => [Some('‹'), None],
            '‘' => [Some('›'), None],
            other => [Some(other), None],
        })
        .flatten()
        .collect();
    Cow::Owned(set)
}

/// As in France, but nothing stands before `;`, `!` and `?`.
fn swiss_french(text: &str) -> Cow<'_, str> {
    Cow::Owned(french(text).replace(NARROW_NO_BREAK, ""))
}

fn french(text: &str) -> Cow<'_, str> {
    let text = plain(text);
    let mut set = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut last = None;
    while let Some(letter) = letters.next() {
        let kept = match (last, letter, letters.peek()) {
            (_, ' ', Some(';' | '!' | '?')) => NARROW_NO_BREAK,
            (_, ' ', Some(':' | '»')) | (Some('«'), ' ', _) => NO_BREAK,
            _ => letter,
        };
        set.push(kept);
        last = Some(letter);
    }
    Cow::Owned(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_that_do_not_break() {
        for (language, text, expected) in [
            (Language::En, "port~25 : a b", "port\u{a0}25 : a b"),
            (
                Language::Pl,
                "w sieci i o tym: a, lub 5 z ",
                "w\u{a0}sieci i\u{a0}o\u{a0}tym: a, lub 5 z\u{a0}",
            ),
            (
                Language::Fr,
                "dit « oui » : vraiment ? non ; si !",
                "dit «\u{a0}oui\u{a0}»\u{a0}: vraiment\u{202f}? non\u{202f}; si\u{202f}!",
            ),
            (
                Language::FrCh,
                "dit « oui » : vraiment ? non ; si !",
                "dit «\u{a0}oui\u{a0}»\u{a0}: vraiment? non; si!",
            ),
            (
                Language::DeCh,
                "Grüße „so ‚nicht‘“ ~ende",
                "Grüsse «so ‹nicht›» \u{a0}ende",
            ),
            (Language::DeAt, "Grüße „so“", "Grüße „so“"),
        ] {
            assert_eq!(setter(language)(text), expected);
        }
    }
}
