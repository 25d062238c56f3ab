//! Spelling: the golden letters, word by word, with Debian's hunspell dictionaries.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

/// Each language's folder of golden letters, hunspell dictionary and Debian package.
const LANGUAGES: [(&str, &str, &str); 6] = [
    ("pl", "pl_PL", "hunspell-pl"),
    ("fr", "fr_FR", "hunspell-fr"),
    ("da", "da_DK", "hunspell-da"),
    ("de", "de_DE", "hunspell-de-de"),
    ("it", "it_IT", "hunspell-it"),
    ("en", "en_GB", "hunspell-en-gb"),
];

/// The packages that are needed.
pub(crate) const PACKAGES: [&str; 7] = [
    "hunspell",
    LANGUAGES[0].2,
    LANGUAGES[1].2,
    LANGUAGES[2].2,
    LANGUAGES[3].2,
    LANGUAGES[4].2,
    LANGUAGES[5].2,
];

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// No word is misspelt.
    Right {
        /// How many different words were looked up.
        words: usize,
    },
    /// These are, or something is wrong with the word list or the letters.
    Wrong {
        /// One line for each.
        faults: Vec<String>,
    },
    /// This machine cannot tell.
    NotChecked {
        /// What is missing.
        why: String,
        /// How to get it.
        get: String,
    },
}

/// Looks up every word of `host-tool/tests/golden/letters` that `host-tool/locales/words.txt` does
/// not explain.
pub(crate) fn check(workspace: &Path) -> Spelling {
    let mut faults = Vec::new();
    let list = workspace.join("host-tool/locales/words.txt");
    let known = match fs::read_to_string(&list) {
        Ok(text) => known_words(&text, &mut faults),
        Err(error) => {
            return Spelling::Wrong {
                faults: vec![format!("{}: {error}", list.display())],
            };
        }
    };
    let mut looked_up = 0;
    let mut used = BTreeSet::new();
    for (language, dictionary, _) in LANGUAGES {
        let folder = workspace
            .join("host-tool/tests/golden/letters")
            .join(language);
        let words = match words_of(&folder) {
            Ok(words) if !words.is_empty() => words,
            Ok(_) => {
                faults.push(format!("{}: no letters", folder.display()));
                continue;
            }
            Err(error) => {
                faults.push(format!("{}: {error}", folder.display()));
                continue;
            }
        };
        looked_up += words.len();
        match unknown(dictionary, &words) {
            Ok(unknown) => {
                for word in unknown {
                    if known.contains_key(&word) {
                        used.insert(word);
                    } else {
                        faults.push(format!("{language}: `{word}`"));
                    }
                }
            }
            Err(why) => {
                return Spelling::NotChecked {
                    why,
                    get: format!("apt-get install {}", PACKAGES.join(" ")),
                };
            }
        }
    }
    for word in known.keys().filter(|word| !used.contains(*word)) {
        faults.push(format!("{}: `{word}` is not needed", list.display()));
    }
    if faults.is_empty() {
        Spelling::Right { words: looked_up }
    } else {
        Spelling::Wrong { faults }
    }
}

/// The list's words with their reasons, a line each: `word: reason`.
fn known_words(text: &str, faults: &mut Vec<String>) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    for (line, number) in text.lines().zip(1..) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match line.split_once(": ") {
            Some((word, reason)) if !reason.trim().is_empty() => {
                known.insert(word.to_owned(), reason.to_owned());
            }
            _ => faults.push(format!("words.txt:{number}: expected `word: reason`")),
        }
    }
    known
}

/// The different words of a folder's letters.
fn words_of(folder: &Path) -> std::io::Result<BTreeSet<String>> {
    let mut words = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        words.extend(words_in(&fs::read_to_string(entry?.path())?));
    }
    Ok(words)
}

/// The words of a letter's prose: no evidence, settings, names, addresses, references or machine
/// part.
fn words_in(letter: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut in_mark = false;
    for line in letter.lines() {
        if line.starts_with("reference: ") {
            break;
        }
        in_mark = line.starts_with("*** ") || (in_mark && !line.is_empty());
        let indent = line.len() - line.trim_start().len();
        let is_settings = !in_mark && (indent == 4 || indent == 8);
        if line.starts_with('>') || is_settings {
            continue;
        }
        for token in line.split([' ', '\u{a0}', '\u{202f}']) {
            let word = token
                .trim_matches(|letter: char| !letter.is_alphanumeric())
                .replace('\u{2019}', "'");
            let is_word = word
                .chars()
                .all(|letter| letter.is_alphabetic() || matches!(letter, '\'' | '-'));
            let is_prose = word.chars().any(char::is_lowercase) || word.chars().count() == 1;
            if is_word && is_prose {
                words.insert(word);
            }
        }
    }
    words
}

/// The words that a dictionary does not know.
fn unknown(dictionary: &str, words: &BTreeSet<String>) -> Result<BTreeSet<String>, String> {
    let mut hunspell = Command::new("hunspell")
        .args(["-d", dictionary, "-i", "utf-8", "-l"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("hunspell cannot be started: {error}"))?;
    let lines: String = words.iter().map(|word| format!("{word}\n")).collect();
    let mut input = hunspell.stdin.take();
    let writer = std::thread::spawn(move || {
        input
            .as_mut()
            .map(|input| input.write_all(lines.as_bytes()))
    });
    let output = hunspell
        .wait_with_output()
        .map_err(|error| format!("hunspell: {error}"))?;
    // A dictionary that is missing shows as a broken pipe here and as a status below.
    let _ = writer.join();
    if !output.status.success() {
        return Err(format!("hunspell has no dictionary {dictionary}"));
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_read_and_data_is_not() {
        let letter = "*** A mark\n    goes on\n\nIP\u{a0}address 192.0.2.25 l\u{2019}un\n\
                      To:          someone\n             at.host\n    setting = value\n> evidence\n\
                      EX-1 “Quoted”\nreference: EX-1\nmachine: part\n";
        let words: Vec<String> = words_in(letter).into_iter().collect();
        assert_eq!(
            words,
            [
                "A", "Quoted", "To", "address", "goes", "l'un", "mark", "on", "someone"
            ]
        );
    }

    #[test]
    fn every_word_of_the_list_has_a_reason() {
        let mut faults = Vec::new();
        let known = known_words("# words\nExim: a mail server\nPostfix\n", &mut faults);
        assert_eq!(known.len(), 1);
        assert_eq!(faults, ["words.txt:3: expected `word: reason`"]);
    }
}
