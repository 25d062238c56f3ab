//! What holds for the text of every letter, whatever the language.

use host_tool::letters::{Language, Letter};

use crate::golden;

fn every_letter(check: impl Fn(Language, &str, &Letter)) {
    for language in Language::ALL {
        for (name, findings) in golden::cases() {
            check(language, name, &golden::write(name, findings, language));
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
        let prose = letter.text.lines().filter(|line| !line.starts_with('>'));
        for line in prose {
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
fn operators_find_the_english_term_once_in_brackets() {
    every_letter(|language, name, letter| {
        let words: String = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let bracketed = words.match_indices('(').filter(|(at, _)| {
            let inside = words[*at + 1..].split(')').next().unwrap_or_default();
            inside.to_lowercase().contains("open relay")
        });
        let expected = if language == Language::It {
            0..=1
        } else {
            1..=1
        };
        assert!(expected.contains(&bracketed.count()), "{language}, {name}");
        assert!(words.to_lowercase().contains("open relay"));
    });
}

#[test]
fn only_a_confirmed_letter_says_that_something_is_proved() {
    // The word for `confirmed` in each language's subject.
    for (language, word) in [
        (Language::Pl, "potwierdz"),
        (Language::Fr, "confirm"),
        (Language::Da, "bekræft"),
        (Language::De, "bestätigt"),
        (Language::It, "conferm"),
        (Language::En, "confirmed"),
    ] {
        for (name, findings) in golden::cases() {
            let has = findings.iter().any(|finding| finding.returned.is_some());
            let subject = golden::write(name, findings, language).subject;
            assert_eq!(subject.to_lowercase().contains(word), has, "{subject}");
        }
    }
}
