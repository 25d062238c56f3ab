//! Sentences: what a reader would stumble over, and what was never meant for one.

use std::net::IpAddr;

use super::{Fault, FaultKind};
use crate::letters::{form::data, language::Language};

/// Words that stand for something that nobody has written yet.
const PLACEHOLDERS: [&str; 9] = [
    "todo", "fixme", "tbd", "tbc", "xxx", "xxxx", "lorem", "ipsum", "changeme",
];

/// Names that RFC 2606 keeps for examples: a letter that goes out has its own.
const EXAMPLES: [&str; 3] = ["example.com", "example.net", "example.org"];

/// Reads one sentence, label or value.
pub(super) fn sentence(language: Language, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |kind, near: &str| faults.push(Fault::new(kind, near));
    if text.trim().is_empty() {
        fault(FaultKind::Empty, text);
    }
    if text.contains(['{', '}']) {
        fault(FaultKind::Brace, text);
    }
    if text.split('[').skip(1).any(|rest| !is_literal(rest)) {
        fault(FaultKind::Bracket, text);
    }
    if text.contains(is_isolate) {
        fault(FaultKind::Isolate, text);
    } else if text.contains(data::is_steering) {
        fault(FaultKind::Unprintable, text);
    }
    if has_placeholder(text) {
        fault(FaultKind::Placeholder, text);
    }
    if EXAMPLES.iter().any(|name| has_name(text, name)) {
        fault(FaultKind::ExampleName, text);
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

fn is_isolate(letter: char) -> bool {
    matches!(letter, '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// A word that stands for another, a gap to be filled in by hand, or `<your name>`.
fn has_placeholder(text: &str) -> bool {
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    let is_gap = |mark: &str, count: usize| text.contains(&mark.repeat(count));
    let in_angles = |rest: &str| {
        rest.split_once('>').is_some_and(|(inside, _)| {
            inside.contains(char::is_alphabetic) && !inside.contains(['@', '%', '!'])
        })
    };
    words.any(|word| PLACEHOLDERS.contains(&word.to_lowercase().as_str()))
        || is_gap("_", 3)
        || is_gap(".", 4)
        || text.contains("%s")
        || text.split('<').skip(1).any(in_angles)
}

/// Whether `text` has the domain `name`, or one below it.
fn has_name(text: &str, name: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let is_of_label = |letter: char| letter.is_alphanumeric() || letter == '-';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + name.len()..].chars();
        let goes_on = match after.next() {
            // The next label, or a full stop at the end of a sentence.
            Some('.') => after.next().is_some_and(is_of_label),
            next => next.is_some_and(is_of_label),
        };
        !before.is_some_and(is_of_label) && !goes_on
    })
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
            (Language::En, Unprintable, "a\u{7}b", "a\u{a0}b"),
            (Language::Pl, Unprintable, "mięk\u{ad}ki", "miękki"),
            (Language::En, Placeholder, "Call TBD today", "Call us today"),
            (
                Language::De,
                Placeholder,
                "Aktenzeichen: ____",
                "Aktenzeichen: PO_7",
            ),
            (
                Language::Fr,
                Placeholder,
                "Le dossier <votre numéro>",
                "La commande MAIL FROM:<> ou <a@b.fr>",
            ),
            (Language::En, Placeholder, "See .....", "See …"),
            (
                Language::En,
                ExampleName,
                "Write to Example.COM",
                "Write to example.community, myexample.com or example.com.au",
            ),
            (
                Language::En,
                ExampleName,
                "at mx.example.org, port 25",
                "at mx.example.organic, port 25",
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
}
