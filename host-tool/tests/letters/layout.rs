//! The layout of plain text, for every golden letter and for names of every length: 72 columns, nothing
//! hyphenated, a label and its address on one line.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use host_tool::letters::{Language, Letter, Profile, render};

use crate::{facts, golden, refused::own};

fn prose(letter: &Letter) -> impl Iterator<Item = &str> {
    let end = letter
        .text
        .find("\nreference: ")
        .unwrap_or(letter.text.len());
    let lines = letter.text[..end].lines();
    lines.filter(|line| !line.starts_with('>'))
}

/// Every golden letter, and letters with names of many lengths; written once for all tests.
fn every_letter(check: impl Fn(&str, &Letter)) {
    static LETTERS: LazyLock<Vec<(String, Arc<Letter>)>> = LazyLock::new(write_all);
    for (name, letter) in LETTERS.iter() {
        check(name, letter);
    }
}

fn write_all() -> Vec<(String, Arc<Letter>)> {
    let mut letters = Vec::new();
    let sender = own();
    for language in Language::ALL {
        for case in golden::cases() {
            let letter = golden::write(case, language);
            letters.push((case.name.clone(), letter));
        }
        for length in (1..=90).step_by(9) {
            let mut finding = facts::suspected(25);
            finding.host_name = Some(format!("{}.hosting.example", "m".repeat(length)));
            let mut facts = facts::letter("A-1", language, vec![finding, facts::confirmed(7)]);
            let words = ["Przedsiębiorstwo", "hébergement", "Gesellschaft", "a"];
            let organisation: Vec<&str> = words.into_iter().cycle().take(length / 3 + 1).collect();
            facts.recipient.organisation = Some(organisation.join(" "));
            let mailbox = "c".repeat(length.min(64));
            facts.recipient.contact = Some(format!("{mailbox}@hosting.example"));
            let letter = render(&facts, language, &sender).unwrap();
            letters.push((format!("names of {length}"), Arc::new(letter)));
        }
    }
    letters
}

#[test]
fn only_a_word_that_is_too_long_by_itself_passes_the_margin() {
    every_letter(|name, letter| {
        for line in prose(letter) {
            let columns = line.chars().count();
            let words = line.trim_start().split(' ').filter(|it| !it.is_empty());
            // A table's label stays beside its value.
            let may = words.count() <= 1 || line.trim_start().split("  ").count() > 1;
            assert!(columns <= 72 || may, "{name}: {columns}: {line}");
        }
    });
}

#[test]
fn nothing_is_hyphenated() {
    every_letter(|name, letter| {
        let rule = |line: &str| line.chars().all(|mark| "-=".contains(mark));
        for line in prose(letter).filter(|line| !rule(line)) {
            assert!(
                !line.ends_with(['-', '\u{2010}', '\u{ad}']),
                "{name}: {line}"
            );
        }
    });
}

#[test]
fn an_address_stays_with_its_label() {
    every_letter(|name, letter| {
        let addresses: BTreeSet<String> = (1..=120).map(|n| format!("192.0.2.{n}")).collect();
        let mut before = "";
        for line in prose(letter) {
            let first = line.trim_start().split([' ', '\u{a0}', ',']).next();
            let begins_with_one = first.is_some_and(|word| addresses.contains(word));
            // A line of its own, or an entry of a list or table, follows an empty line or another entry.
            let is_entry = line.starts_with([' ', '-']) || line.contains("  ") || before.is_empty();
            assert!(!begins_with_one || is_entry, "{name}: {before} / {line}");
            before = line;
        }
    });
}

#[test]
fn a_label_and_the_first_word_of_its_value_share_a_line() {
    let example = Profile::load("example-cert").unwrap();
    for language in Language::ALL {
        let facts = facts::letter("A-1", language, vec![facts::suspected(25)]);
        let letter = render(&facts, language, &example).unwrap();
        for value in [
            "A-1",
            "192.0.2.25,",
            "mx25.hosting.example",
            "Hosting",
            "notices@cert.example",
        ] {
            let line = prose(&letter).find(|line| {
                let mut words = line.split("  ").filter(|it| !it.is_empty());
                words
                    .nth(1)
                    .is_some_and(|it| it.trim_start().starts_with(value))
            });
            let line = line.unwrap_or_else(|| panic!("{language}: {value}"));
            assert!(!line.starts_with(' '), "{language}: {line}");
        }
    }
}
