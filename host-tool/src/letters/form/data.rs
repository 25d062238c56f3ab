//! Data that others have made: printable, on one line, bounded.

use probe_core::token::Token;

/// The longest line of data that a letter shows, in characters. A longer one ends in `…`.
pub(crate) const LINE_CHARS_MAX: usize = 200;

/// A name or address for people: any script, but nothing that steers a terminal or the
/// direction of text, and single spaces.
pub(crate) fn name(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !kept.is_empty() {
            kept.push(' ');
        }
        for letter in word.chars() {
            if is_steering(letter) {
                kept.extend(letter.escape_unicode());
            } else {
                kept.push(letter);
            }
        }
    }
    bounded(kept)
}

/// A line of evidence: printable ASCII stays, everything else is escaped.
pub(crate) fn line(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => kept.push_str("\\\\"),
            ' '..='~' => kept.push(letter),
            _ => kept.extend(letter.escape_unicode()),
        }
    }
    bounded(kept)
}

/// Whether a word holds a token of ours, which says which job of which device it was.
pub(crate) fn holds_a_token(word: &str) -> bool {
    Token::all_in(word.as_bytes()).next().is_some()
}

/// Whether a character shows nothing, or steers a terminal or the direction of text.
pub(crate) fn is_steering(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

fn bounded(text: String) -> String {
    match text.char_indices().nth(LINE_CHARS_MAX) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_printable_ascii() {
        for (from, to) in [
            ("250 2.1.5 Ok", "250 2.1.5 Ok"),
            ("\x1b[31m550", r"\u{1b}[31m550"),
            ("550 gesperrt für\r", r"550 gesperrt f\u{fc}r\u{d}"),
            (r"a\b", r"a\\b"),
        ] {
            assert_eq!(line(from), to);
        }
        let long = line(&"x".repeat(300));
        assert_eq!(long.chars().count(), LINE_CHARS_MAX + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn names_keep_their_script_and_lose_their_tricks() {
        for (from, to) in [
            ("Spółka z o.o.", "Spółka z o.o."),
            (" two\n  lines ", "two lines"),
            ("a\u{202e}b", r"a\u{202e}b"),
            ("a\u{2068}b", r"a\u{2068}b"),
        ] {
            assert_eq!(name(from), to);
        }
    }
}
