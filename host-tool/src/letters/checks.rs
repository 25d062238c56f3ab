//! Checks of the prose before a letter counts as ready. Quoted data is escaped elsewhere and
//! not read here.

use std::{fmt, net::IpAddr};

use super::{Letter, blocks::Part, language::Language};

/// What is wrong with a letter, with the words around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// Where: some words of the letter.
    pub near: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: “{}”", self.kind.as_str(), self.near)
    }
}

/// The kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// `{` or `}`: a variable that nobody filled in.
    Brace,
    /// `[…]` that is no address literal: a note to the writer.
    Bracket,
    /// Nothing where a sentence or a value should be.
    Empty,
    /// The same word twice in a row.
    RepeatedWord,
    /// Two spaces in a row.
    DoubleSpace,
    /// A mark that steers the direction of text.
    Isolate,
    /// A link or address with the sentence's full stop glued to it.
    LinkWithStop,
    /// `"` or `'` instead of the language's own marks.
    StraightQuote,
}

impl FaultKind {
    /// A few words for a person.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brace => "a brace: a variable was not filled in",
            Self::Bracket => "square brackets that hold no address",
            Self::Empty => "an empty sentence or value",
            Self::RepeatedWord => "a word stands twice",
            Self::DoubleSpace => "two spaces in a row",
            Self::Isolate => "an invisible mark for the direction of text",
            Self::LinkWithStop => "a link with a full stop glued to it",
            Self::StraightQuote => "a straight quotation mark or apostrophe",
        }
    }
}

/// Reads the spoken parts of a letter.
pub(crate) fn read(language: Language, parts: &[Part<String>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut prose = |text: &str| faults.extend(sentence(language, text));
    for part in parts {
        match part {
            Part::Heading(text) | Part::Paragraph(text) => prose(text),
            Part::Lines(lines) | Part::Steps(lines) | Part::Items(lines) => {
                lines.iter().for_each(|line| prose(line));
            }
            Part::Rows(rows) => {
                for row in rows {
                    prose(&row.label);
                    row.lines.iter().for_each(|line| prose(line));
                }
            }
            Part::Link(link) => prose(link),
            Part::Code(_) | Part::Quoted(_) | Part::Machine(_) | Part::Rule => {}
        }
    }
    faults
}

/// Two letters of one run to one recipient about different cases. One text in several languages
/// is one letter.
pub fn second_letters<'a>(
    letters: impl IntoIterator<Item = &'a Letter>,
) -> Vec<(&'a Letter, &'a Letter)> {
    let mut first = std::collections::HashMap::new();
    let mut second = Vec::new();
    for letter in letters {
        let Some(recipient) = &letter.recipient else {
            continue;
        };
        let earlier: &mut &Letter = first.entry(recipient.to_lowercase()).or_insert(letter);
        if earlier.reference != letter.reference || {
            !std::ptr::eq(*earlier, letter) && earlier.edition == letter.edition
        } {
            second.push((*earlier, letter));
        }
    }
    second
}

fn sentence(language: Language, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |kind, near: &str| {
        faults.push(Fault {
            kind,
            near: near.chars().take(60).collect(),
        });
    };
    if text.trim().is_empty() {
        fault(FaultKind::Empty, text);
    }
    if text.contains(['{', '}']) {
        fault(FaultKind::Brace, text);
    }
    if text.split('[').skip(1).any(|rest| !is_literal(rest)) {
        fault(FaultKind::Bracket, text);
    }
    if text.contains(|letter| matches!(letter, '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')) {
        fault(FaultKind::Isolate, text);
    }
    if text.contains(['"', '\'']) {
        fault(FaultKind::StraightQuote, text);
    }
    let is_space = |letter: char| matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | '\t');
    let mut last = None;
    for letter in text.chars() {
        if is_space(letter) && last.is_some_and(is_space) {
            fault(FaultKind::DoubleSpace, text);
            break;
        }
        last = Some(letter);
    }
    let words: Vec<&str> = text.split(is_space).collect();
    for pair in words.windows(2) {
        if let [one, two] = pair
            && one.chars().all(char::is_alphabetic)
            && !one.is_empty()
            && one.to_lowercase() == bare(two).to_lowercase()
            && !may_stand_twice(language, one)
        {
            fault(FaultKind::RepeatedWord, &format!("{one} {two}"));
        }
    }
    for word in &words {
        let is_link = word.contains("://") || word.starts_with("www.") || is_mail(word);
        if is_link && word.ends_with(['.', ',', ';', ':', '!', '?']) {
            fault(FaultKind::LinkWithStop, word);
        }
    }
    faults
}

/// Whether what follows a `[` is an address literal of RFC 5321, 4.1.3.
fn is_literal(rest: &str) -> bool {
    rest.split_once(']').is_some_and(|(inside, _)| {
        inside
            .strip_prefix("IPv6:")
            .unwrap_or(inside)
            .parse::<IpAddr>()
            .is_ok()
    })
}

fn is_mail(word: &str) -> bool {
    !word.starts_with('<')
        && word
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

fn bare(word: &str) -> &str {
    word.trim_end_matches(|letter: char| !letter.is_alphanumeric())
}

/// Words that good grammar sets twice: « nous nous engageons ».
fn may_stand_twice(language: Language, word: &str) -> bool {
    language.base() == Language::Fr && ["nous", "vous"].contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::language::Edition;

    /// For each fault, a sentence that it stops and one that passes.
    #[test]
    fn each_check_stops_one_and_lets_one_pass() {
        use FaultKind::*;
        for (language, kind, stopped, passes) in [
            (Language::En, Brace, "Dear { $name },", "Dear Sir or Madam,"),
            (
                Language::It,
                Bracket,
                "Il caso [inserire numero] è aperto.",
                "Il mittente era <x@[192.0.2.25]> o <x@[IPv6:2001:db8::1]>.",
            ),
            (Language::En, Empty, " ", "Text"),
            (
                Language::De,
                RepeatedWord,
                "mehr als als erlaubt",
                "Server, Server und Dienste",
            ),
            (
                Language::Fr,
                RepeatedWord,
                "le le serveur",
                "nous nous engageons",
            ),
            (Language::Da, DoubleSpace, "to  ord", "to ord"),
            (Language::Fr, DoubleSpace, "ici \u{a0}: là", "ici\u{a0}: là"),
            (Language::Pl, Isolate, "adres \u{2068}x\u{2069}", "adres x"),
            (
                Language::En,
                LinkWithStop,
                "See https://cert.example/a.",
                "See https://cert.example/a",
            ),
            (
                Language::En,
                LinkWithStop,
                "Write to a@cert.example.",
                "Write to a@cert.example",
            ),
            (
                Language::En,
                StraightQuote,
                "don't",
                "don\u{2019}t, \u{201c}so\u{201d}",
            ),
        ] {
            let kinds = |text| {
                sentence(language, text)
                    .into_iter()
                    .map(|fault| fault.kind)
                    .collect::<Vec<_>>()
            };
            assert_eq!(kinds(stopped), [kind], "{stopped}");
            assert_eq!(kinds(passes), [], "{passes}");
        }
    }

    #[test]
    fn one_letter_for_each_recipient() {
        let letter = |reference: &str, recipient: Option<&str>, language| Letter {
            reference: reference.into(),
            recipient: recipient.map(Into::into),
            edition: Edition::from(language),
            subject: String::new(),
            text: String::new(),
            drafts: Vec::new(),
            faults: Vec::new(),
            marks: Vec::new(),
            parts: Vec::new(),
        };
        let once = [
            letter("A-1", Some("abuse@one.example"), Language::Pl),
            letter("A-1", Some("abuse@one.example"), Language::En),
            letter("A-2", Some("abuse@two.example"), Language::Pl),
            letter("A-3", None, Language::Pl),
            letter("A-4", None, Language::Pl),
        ];
        assert!(second_letters(&once).is_empty());
        let twice = [
            letter("A-1", Some("abuse@one.example"), Language::Pl),
            letter("A-2", Some("Abuse@one.example"), Language::Fr),
        ];
        assert_eq!(second_letters(&twice), [(&twice[0], &twice[1])]);
        let again = [once[0].clone(), once[0].clone()];
        assert_eq!(second_letters(&again).len(), 1);
    }
}
