//! What holds for the text of every letter, whatever the language.

use host_tool::letters::{Language, Letter, language::Edition, model::SubjectKind, render};

use crate::{facts, golden, refused::own};

fn every_letter(check: impl Fn(Language, &str, &Letter)) {
    for language in Language::ALL {
        for case in golden::cases() {
            check(language, &case.name, &golden::write(case, language));
        }
    }
}

#[test]
fn lines_fit_and_nothing_is_hyphenated() {
    every_letter(|language, name, letter| {
        for line in letter.text.lines() {
            assert!(
                line.chars().count() <= 72,
                "{language}, {name}: {} columns: {line}",
                line.chars().count()
            );
            assert!(!line.ends_with(' '), "{language}, {name}: {line}");
            assert!(!line.ends_with('\u{ad}'), "{language}, {name}: {line}");
        }
    });
}

#[test]
fn links_stand_alone() {
    every_letter(|language, name, letter| {
        let prose = letter.text.lines().filter(|line| !line.starts_with('>'));
        for line in prose.filter(|line| line.contains("https://")) {
            assert!(
                line.trim().starts_with("https://") && !line.trim().contains(' '),
                "{language}, {name}: {line}"
            );
        }
    });
}

#[test]
fn no_line_breaks_where_the_language_forbids_it() {
    every_letter(|language, name, letter| {
        // Evidence and settings are the same in every language.
        let is_data = |line: &&str| line.starts_with('>') || line.starts_with("    ");
        for line in letter.text.lines().filter(|line| !is_data(line)) {
            let bad = match language {
                Language::Pl => ["a", "i", "o", "u", "w", "z"]
                    .iter()
                    .any(|word| line.ends_with(&format!(" {word}"))),
                Language::Fr => {
                    [" ;", " :", " !", " ?", " »", "« "]
                        .iter()
                        .any(|pair| line.contains(pair))
                        || line.starts_with([';', ':', '!', '?', '»'])
                        || line.ends_with('«')
                }
                _ => false,
            };
            assert!(!bad, "{language}, {name}: {line}");
        }
    });
}

#[test]
fn operators_find_each_english_term_once_in_brackets() {
    for language in Language::ALL {
        for case in golden::cases() {
            let letter = golden::write(case, language);
            let words: String = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let words = words.to_lowercase();
            let bracketed = |term: &str| {
                words
                    .match_indices('(')
                    .filter(|(at, _)| {
                        let inside = words[*at + 1..].split(')').next().unwrap_or_default();
                        inside.contains(term)
                    })
                    .count()
            };
            let name = format!("{language}, {}", case.name);
            // In Italian the English term of a relay is the usual one, and has its gloss.
            let relay = if language == Language::It {
                "relay apert"
            } else {
                "open relay"
            };
            let has_relay = usize::from(case.kind != SubjectKind::Proxy);
            let has_proxy = usize::from(case.kind != SubjectKind::Relay);
            assert_eq!(bracketed(relay), has_relay, "{name}");
            assert_eq!(bracketed("open prox"), has_proxy, "{name}");
        }
    }
}

#[test]
fn only_a_confirmed_letter_says_that_something_is_proved() {
    // The word for `confirmed` in each language's subject, and for `proved` in its text.
    for (language, confirmed, proved) in [
        (Language::Pl, "potwierdz", "dowodzi to"),
        (Language::Fr, "confirm", "il est ainsi prouvé"),
        (Language::Da, "bekræft", "det er dermed bevist"),
        (Language::De, "bestätigt", "damit ist bewiesen"),
        (Language::It, "conferm", "è così dimostrato"),
        (Language::En, "confirmed", "this proves"),
    ] {
        for case in golden::cases() {
            let has = case
                .findings
                .iter()
                .any(|finding| finding.returned.is_some());
            let letter = golden::write(case, language);
            let text: String = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let subject = letter.subject.to_lowercase();
            assert_eq!(subject.contains(confirmed), has, "{subject}");
            assert_eq!(text.to_lowercase().contains(proved), has, "{subject}");
        }
    }
}

/// A letter that rests on listings names no test, no result and no evidence.
#[test]
fn a_letter_about_listings_says_no_more() {
    // What each language's other letters say and this one must not: `our own test`, the result.
    for (language, may, words) in [
        (Language::Pl, "mo", ["nasz test", "bez logowania", "dowod"]),
        (
            Language::Fr,
            "pourrai",
            ["notre test", "sans authentification", "preuve"],
        ),
        (
            Language::Da,
            "kan være",
            ["vores test ", "uden login", "bevis"],
        ),
        (
            Language::De,
            "sein könnte",
            ["unser test", "ohne anmeldung", "bewiesen"],
        ),
        (
            Language::It,
            "potrebbe",
            ["nostra verifica", "senza autenticazione", "dimostrat"],
        ),
        (
            Language::En,
            "may be",
            ["our own test", "without a login", "prove"],
        ),
    ] {
        for case in golden::cases().iter().filter(|case| case.listed) {
            let letter = golden::write(case, language);
            let text: String = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let text = text.to_lowercase();
            assert!(text.contains(may), "{language}, {}", case.name);
            for word in words {
                assert!(!text.contains(word), "{language}, {}: {word}", case.name);
            }
            assert!(!text.contains("verdict: inconclusive"), "{language}");
        }
    }
}

/// The reader's own language first, then English, the data once at the end, one reference.
#[test]
fn a_letter_in_two_languages() {
    for language in Language::ALL {
        if language == Language::En {
            continue;
        }
        for case in golden::cases() {
            let name = format!("{language}, {}", case.name);
            let own = golden::write(case, language);
            let english = golden::write(case, Language::En);
            let both = golden::write(case, Edition::with_english(language));
            assert_eq!(both.subject, own.subject, "{name}");
            assert_eq!(both.edition.to_string(), format!("{language}+en"));
            let note = both.text.find("\nEnglish version below\n").unwrap();
            let rule = "=".repeat(72);
            let pieces: Vec<&str> = both.text[note..].split(&rule).collect();
            let [first, second, data] = pieces.as_slice() else {
                panic!("{name}: {} pieces", pieces.len());
            };
            for (piece, subject) in [(first, &own.subject), (second, &english.subject)] {
                let words = piece.split_whitespace().collect::<Vec<_>>().join(" ");
                let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(words.contains(&subject), "{name}: {subject}");
                assert_eq!(words.matches(&own.reference).count(), 2, "{name}");
                assert!(!piece.contains("\nfindings:\n"), "{name}");
            }
            assert_eq!(data.matches("\nfindings:\n").count(), 1, "{name}");
            let machine = |text: &str| text.split_once("\nreference: ").unwrap().1.to_owned();
            assert_eq!(machine(data), machine(&own.text), "{name}");
        }
    }
}

#[test]
fn when_an_entry_was_made_and_when_it_was_seen_are_told_apart() {
    for (language, words) in [
        (Language::Pl, "dodany 2 stycznia 2025"),
        (Language::Fr, "inscrit le 2 janvier 2025"),
        (Language::Da, "registreret den 2. januar 2025"),
        (Language::De, "eingetragen am 2. Januar 2025"),
        (Language::It, "iscritto in data 2 gennaio 2025"),
        (Language::En, "entered on 2 January 2025"),
    ] {
        let mut finding = facts::suspected(25);
        finding.listings[0].since = Some(jiff::civil::date(2025, 1, 2));
        let letter = facts::letter("A-1", language, vec![finding]);
        let letter = render(&letter, language, &own()).unwrap();
        assert_eq!(letter.faults, [], "{language}");
        let text = letter.text;
        let text = text.replace('\u{a0}', " ");
        let rows: Vec<&str> = text
            .lines()
            .map(str::trim)
            .skip_while(|line| !line.contains(words))
            .take(2)
            .collect();
        assert!(
            rows.len() == 2 && rows[1].contains("2026"),
            "{language}: {rows:?}\n{text}"
        );
    }
}
