//! The historic letters, fact by fact.
//!
//! `profiles/facts` lists what the letters of 2003 and 2004 said, and where ours say it.

use std::collections::BTreeMap;

use host_tool::letters::{Language, Profile, render};
use serde::Deserialize;

use crate::facts;

#[derive(Clone, Debug, Deserialize)]
struct Fact {
    fact: String,
    words: String,
}

/// The facts of the letter in `language` of a profile.
fn facts_of(profile: &str, language: Language) -> Vec<Fact> {
    let path = format!(
        "{}/profiles/facts/{profile}.toml",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).unwrap();
    let mut lists: BTreeMap<String, Vec<Fact>> = toml::from_str(&text).unwrap();
    let has_letterhead = matches!(language, Language::Pl | Language::Fr) && profile == "ftc-2003";
    ["all", language.tag()]
        .into_iter()
        .chain(has_letterhead.then_some("letterhead"))
        .flat_map(|list| lists.remove(list).unwrap_or_default())
        .collect()
}

/// A letter on one line, with plain spaces, without the mark of a draft.
fn words(text: &str) -> String {
    let (_, letter) = text.split_once("\n\n").unwrap();
    letter.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The facts that a letter lacks.
fn missing<'a>(facts: &'a [Fact], letter: &str) -> Vec<&'a str> {
    facts
        .iter()
        .filter(|fact| !letter.contains(&fact.words))
        .map(|fact| fact.fact.as_str())
        .collect()
}

/// The paragraph that a fact belongs to.
fn paragraph(fact: &str) -> &str {
    fact.split(' ').next().unwrap()
}

#[test]
fn each_letter_has_every_fact() {
    for (language, about, profile) in facts::historic() {
        let letter = words(&render(&about, language, &profile).unwrap().text);
        let facts = facts_of(&profile.name, language);
        assert!(facts.len() >= 38, "{language}: {} facts", facts.len());
        assert_eq!(missing(&facts, &letter), [""; 0], "{language}");
        for number in ["1", "2", "3", "4", "5"] {
            let has = facts.iter().any(|fact| paragraph(&fact.fact) == number);
            assert!(has, "{language}: no fact of paragraph {number}");
        }
    }
}

/// A fact that is taken out of the letter is missed: it and what cannot stand without it.
#[test]
fn each_fact_that_is_taken_out_is_missed() {
    for (language, about, profile) in facts::historic() {
        let letter = words(&render(&about, language, &profile).unwrap().text);
        let facts = facts_of(&profile.name, language);
        for fact in &facts {
            let without = letter.replace(&fact.words, "…");
            let missed = missing(&facts, &without);
            assert!(
                missed.contains(&fact.fact.as_str()),
                "{language}: {}",
                fact.fact
            );
            // Nothing is missed but facts whose words overlap with what was taken out.
            for other in missed {
                let words = &facts.iter().find(|it| it.fact == other).unwrap().words;
                assert!(
                    overlap(words, &fact.words, &letter),
                    "{language}: without `{}`, `{other}` is missed, too",
                    fact.fact
                );
            }
        }
    }
}

fn overlap(one: &str, two: &str, letter: &str) -> bool {
    let places = |words: &str| -> Vec<(usize, usize)> {
        letter
            .match_indices(words)
            .map(|(at, found)| (at, at + found.len()))
            .collect()
    };
    places(one)
        .iter()
        .any(|a| places(two).iter().any(|b| a.0 < b.1 && b.0 < a.1))
}

/// A block that is taken out of the profile's order is missed, by facts of its paragraphs alone.
#[test]
fn each_block_that_is_taken_out_is_missed() {
    for (language, about, profile) in facts::historic() {
        let facts = facts_of(&profile.name, language);
        let text = Profile::built_in_text(&profile.name).unwrap();
        let is_2004 = profile.name == "ftc-2004";
        let mut blocks = vec![
            (
                "explanation",
                if is_2004 {
                    "3 explanation"
                } else {
                    "2 explanation"
                },
            ),
            ("consequences", if is_2004 { "3 " } else { "2 " }),
            ("guide", "4 fix"),
        ];
        if is_2004 {
            blocks.extend([
                ("identity", "1 occasion: you have"),
                ("programme", "2 programme"),
            ]);
        } else {
            blocks.extend([("sender", "3 "), ("partners", "3 partners")]);
        }
        if profile.name == "ftc-2003" && matches!(language, Language::Pl | Language::Fr) {
            blocks.push(("letterhead", "0 letterhead"));
        }
        for (block, owner) in blocks {
            let line = format!("    \"{block}\",\n");
            assert!(text.contains(&line), "{block}");
            let profile = Profile::parse("changed.toml", &text.replacen(&line, "", 1)).unwrap();
            let letter = words(&render(&about, language, &profile).unwrap().text);
            let missed = missing(&facts, &letter);
            assert!(!missed.is_empty(), "{language}: nobody misses `{block}`");
            for fact in missed {
                assert!(fact.starts_with(owner), "{language}, {block}: {fact}");
            }
        }
    }
}

/// Each paragraph of a letter carries a fact: one that is taken out is missed, so a message that
/// loses its words cannot go unseen.
#[test]
fn each_paragraph_that_is_taken_out_is_missed() {
    for (language, about, profile) in facts::historic() {
        let text = render(&about, language, &profile).unwrap().text;
        let facts = facts_of(&profile.name, language);
        let paragraphs: Vec<&str> = text.split("\n\n").collect();
        for (place, paragraph) in paragraphs.iter().enumerate().skip(1) {
            let mut rest = paragraphs.clone();
            rest.remove(place);
            // The sender's name below the letter stands in it before.
            let is_name = place + 1 == paragraphs.len();
            let missed = !missing(&facts, &words(&rest.join("\n\n"))).is_empty();
            assert!(missed || is_name, "{language}: nobody misses\n{paragraph}");
        }
    }
}

/// What a profile says itself stands in its letter: a line taken out of the profile is missed.
#[test]
fn each_fact_of_a_profile_comes_from_the_profile() {
    let mut taken_out = 0;
    for (language, about, profile) in facts::historic() {
        let facts = facts_of(&profile.name, language);
        let text = Profile::built_in_text(&profile.name).unwrap();
        let own = own_part(text, language);
        for fact in facts.iter().filter(|fact| own.contains(&fact.words)) {
            let changed = text.replace(&own, &own.replace(&fact.words, "Ipsum"));
            let Ok(changed) = Profile::parse("changed.toml", &changed) else {
                panic!("{language}: no profile without `{}`", fact.fact);
            };
            let letter = words(&render(&about, language, &changed).unwrap().text);
            let missed = missing(&facts, &letter);
            // The agency's name stands in its letterhead and below the letter as well.
            let is_missed = missed.contains(&fact.fact.as_str());
            let is_elsewhere = words_outside(text, &own).contains(&fact.words);
            assert!(is_missed || is_elsewhere, "{language}: {}", fact.fact);
            taken_out += 1;
        }
    }
    assert!(taken_out > 60, "{taken_out}");
}

/// The table of a language in a profile's text.
fn own_part(text: &str, language: Language) -> String {
    let start = text.find(&format!("[text.{language}]")).unwrap();
    let rest = &text[start..];
    let end = rest[1..].find("\n[text.").map_or(rest.len(), |end| end + 1);
    rest[..end].to_owned()
}

fn words_outside(text: &str, own: &str) -> String {
    text.replace(own, "")
}

/// The five consequences stand in the order of the letters, and the paragraphs in theirs.
#[test]
fn the_order_is_that_of_the_letters() {
    for (language, about, profile) in facts::historic() {
        let letter = words(&render(&about, language, &profile).unwrap().text);
        let facts = facts_of(&profile.name, language);
        let place = |start: &str| {
            let fact = facts.iter().find(|fact| fact.fact.contains(start));
            let fact = fact.unwrap_or_else(|| panic!("{language}: no `{start}`"));
            letter.find(&fact.words).unwrap()
        };
        let consequences = ["first", "second", "third", "fourth", "fifth"]
            .map(|which| place(&format!("consequences, {which}")));
        assert!(consequences.is_sorted(), "{language}");
        let paragraphs: &[&str] = if profile.name == "ftc-2004" {
            &[
                "salutation",
                "1 occasion: public",
                "2 programme: its name",
                "3 explanation: what an open mail",
                "3 consequences, first",
                "4 fix: the page is",
                "5 contact: the address",
                "0 closing",
            ]
        } else {
            &[
                "salutation",
                "1 occasion: various",
                "2 explanation: any",
                "2 consequences, first",
                "3 sender: an agency",
                "3 partners: Attorneys",
                "3 partners abroad: SERNAC",
                "4 fix: more",
                "5 contact: questions",
                "0 closing",
            ]
        };
        let places: Vec<usize> = paragraphs.iter().map(|start| place(start)).collect();
        assert!(places.is_sorted(), "{language}: {places:?}");
    }
}
