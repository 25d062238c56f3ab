//! Every language as people read it. `UPDATE_GOLDEN=1` writes the files anew.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock},
};

use host_tool::letters::{
    Language, Letter, Profile, WhyDraft,
    language::Edition,
    model::{FindingFacts, LetterFacts, SubjectKind},
    render,
};

use crate::facts;

/// A golden letter before it is written.
pub(crate) struct Case {
    pub name: String,
    pub kind: SubjectKind,
    pub findings: Vec<FindingFacts>,
    /// It rests on listings alone.
    pub listed: bool,
}

/// How many addresses: the plurals of every language are among them.
const COUNTS: [u8; 4] = [1, 2, 5, 22];

type Make = fn(u8) -> FindingFacts;

/// The golden letters of each language.
pub(crate) fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(make_cases)
}

fn make_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let words: [(&str, Make); 3] = [
        ("listed", facts::listed),
        ("suspected", facts::suspected),
        ("confirmed", facts::confirmed),
    ];
    for kind in SubjectKind::ALL {
        for (word, make) in words {
            for count in COUNTS {
                cases.push(Case {
                    name: format!("{}-{word}-{count}", kind.as_str()),
                    kind,
                    findings: facts::several(kind, count, make),
                    listed: word == "listed",
                });
            }
        }
    }
    for (name, kind, findings) in [
        (
            "relay-confirmed-part-1",
            SubjectKind::Relay,
            vec![facts::confirmed_in_part(25)],
        ),
        (
            "relay-confirmed-part-2",
            SubjectKind::Relay,
            vec![facts::confirmed_in_part(25), facts::confirmed(26)],
        ),
        ("everything", SubjectKind::Relay, facts::everything()),
        (
            "everything-proxy",
            SubjectKind::Proxy,
            facts::everything_of_proxies(),
        ),
    ] {
        cases.push(Case {
            name: name.to_owned(),
            kind,
            findings,
            listed: false,
        });
    }
    cases
}

/// The example; with letters that rest on listings, if `listed`.
pub(crate) fn example(listed: bool) -> Profile {
    let text = Profile::built_in_text("example-cert").unwrap();
    if listed {
        let text = text.replacen(
            "\n# The blocks",
            "\nbasis = \"listings\"\n\n# The blocks",
            1,
        );
        Profile::parse("example-cert", &text).unwrap()
    } else {
        Profile::parse("example-cert", text).unwrap()
    }
}

/// Writes one case in one language; many tests read the same letters, so each is written once.
pub(crate) fn write(case: &Case, edition: impl Into<Edition>) -> Arc<Letter> {
    static WRITTEN: Mutex<BTreeMap<(String, Edition), Arc<Letter>>> = Mutex::new(BTreeMap::new());
    let edition = edition.into();
    let key = (case.name.clone(), edition);
    if let Some(letter) = WRITTEN.lock().unwrap().get(&key) {
        return Arc::clone(letter);
    }
    let profile = example(case.listed);
    let letter = Arc::new(render(&about(case, edition), edition, &profile).unwrap());
    WRITTEN.lock().unwrap().insert(key, Arc::clone(&letter));
    letter
}

fn about(case: &Case, edition: Edition) -> LetterFacts {
    let reference = format!("EX-{}", case.name.to_uppercase());
    facts::letter(&reference, edition.first, case.findings.clone())
}

/// Compares with the files, or writes them.
#[derive(Default)]
struct Goldens {
    different: Vec<PathBuf>,
}

impl Goldens {
    fn check(&mut self, folder: &str, name: &str, text: &str) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden/letters")
            .join(folder)
            .join(format!("{name}.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        } else if fs::read_to_string(&path).ok().as_deref() != Some(text) {
            self.different.push(path);
        }
    }

    fn end(self) {
        assert!(
            self.different.is_empty(),
            "these letters have changed; read them and run the test with UPDATE_GOLDEN=1:\n{:#?}",
            self.different
        );
    }
}

#[test]
fn letters_are_as_they_were_read() {
    let mut goldens = Goldens::default();
    for language in Language::ALL {
        for case in cases() {
            let letter = write(case, language);
            assert_eq!(letter.faults, [], "{language}, {}", case.name);
            let mut drafts = vec![WhyDraft::ExampleSender];
            if language != Language::En {
                drafts.push(WhyDraft::LanguageNotApproved);
            }
            assert_eq!(letter.drafts, drafts, "{language}, {}", case.name);
            goldens.check(language.tag(), &case.name, &letter.text);
        }
    }
    goldens.end();
}

/// A folder holds no letter that nobody writes any more.
#[test]
fn every_golden_letter_is_written_by_a_test() {
    let mut known: Vec<String> = cases().iter().map(|case| case.name.clone()).collect();
    known.extend(["proxy-suspected-1", "relay-confirmed-2"].map(|name| format!("provider-{name}")));
    let historic: Vec<(Language, String)> = facts::historic()
        .into_iter()
        .map(|(language, _, profile)| (language, profile.name))
        .collect();
    for language in Language::ALL {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden/letters")
            .join(language.tag());
        for entry in fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let name = name.trim_end_matches(".txt");
            let is_historic = historic.contains(&(language, name.to_owned()));
            assert!(
                is_historic || known.iter().any(|known| known == name),
                "{language}: nothing writes {name}.txt; remove it"
            );
        }
    }
}

/// What a variant writes otherwise, and every language with English below it.
#[test]
fn variants_and_letters_in_two_languages_are_as_they_were_read() {
    let mut goldens = Goldens::default();
    let editions = Language::VARIANTS.into_iter().map(Edition::from).chain(
        Language::ALL
            .into_iter()
            .filter(|language| *language != Language::En)
            .map(Edition::with_english),
    );
    for edition in editions {
        for case in cases() {
            if !["relay-suspected-1", "both-confirmed-2"].contains(&case.name.as_str()) {
                continue;
            }
            let letter = write(case, edition);
            assert_eq!(letter.faults, [], "{edition}, {}", case.name);
            let folder = if edition.english_below {
                "two-languages"
            } else {
                "variants"
            };
            goldens.check(folder, &format!("{}.{edition}", case.name), &letter.text);
        }
    }
    goldens.end();
}

#[test]
fn the_providers_letter_is_as_it_was_read() {
    let mut goldens = Goldens::default();
    let profile = Profile::load("example-isp").unwrap();
    for case in cases() {
        if !["proxy-suspected-1", "relay-confirmed-2"].contains(&case.name.as_str()) {
            continue;
        }
        for language in Language::ALL {
            let facts = about(case, language.into());
            let letter = render(&facts, language, &profile).unwrap();
            assert_eq!(letter.faults, [], "{language}, {}", case.name);
            goldens.check(
                language.tag(),
                &format!("provider-{}", case.name),
                &letter.text,
            );
        }
    }
    goldens.end();
}

#[test]
fn historic_letters_are_as_they_were_read() {
    let mut goldens = Goldens::default();
    for (language, facts, profile) in facts::historic() {
        let letter = render(&facts, language, &profile).unwrap();
        assert_eq!(letter.faults, [], "{language}");
        assert_eq!(letter.drafts, [WhyDraft::Historic], "{language}");
        goldens.check(language.tag(), &profile.name, &letter.text);
    }
    goldens.end();
}
