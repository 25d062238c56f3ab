//! Every language as people read it. `UPDATE_GOLDEN=1` writes the files anew.

use std::{fs, path::PathBuf};

use host_tool::letters::{Language, Letter, Profile, WhyDraft, model::FindingFacts, render};
use probe_core::verdict::Reason;

use crate::facts;

/// The golden letters: a name, and what they report.
pub(crate) fn cases() -> Vec<(&'static str, Vec<FindingFacts>)> {
    let several = |count: u8| (1..=count).map(facts::suspected).collect();
    vec![
        ("confirmed", vec![facts::confirmed(25)]),
        ("listed-suspected", several(1)),
        (
            "listed-undecided",
            vec![facts::undecided(25, Reason::Greylisted)],
        ),
        ("listed-suspected-2", several(2)),
        ("listed-suspected-5", several(5)),
        ("listed-suspected-22", several(22)),
        ("confirmed-2", (1..=2).map(facts::confirmed).collect()),
        (
            "listed-undecided-5",
            (1..=5)
                .map(|last_octet| facts::undecided(last_octet, Reason::CutOff))
                .collect(),
        ),
        ("everything", facts::everything()),
    ]
}

/// Writes one case in one language.
pub(crate) fn write(name: &str, findings: Vec<FindingFacts>, language: Language) -> Letter {
    let profile = Profile::load("example-cert").unwrap();
    let reference = format!("EX-{}", name.to_uppercase());
    render(
        &facts::letter(&reference, language, findings),
        language,
        &profile,
    )
    .unwrap()
}

#[test]
fn letters_are_as_they_were_read() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut different = Vec::new();
    for language in Language::ALL {
        for (name, findings) in cases() {
            let letter = write(name, findings, language);
            assert_eq!(letter.faults, [], "{language}, {name}");
            let mut drafts = vec![WhyDraft::ExampleSender];
            if language != Language::En {
                drafts.push(WhyDraft::LanguageNotApproved);
            }
            assert_eq!(letter.drafts, drafts, "{language}, {name}");

            let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .join("tests/golden/letters")
                .join(language.tag())
                .join(format!("{name}.txt"));
            if update {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, &letter.text).unwrap();
            } else if fs::read_to_string(&path).ok().as_deref() != Some(&letter.text) {
                different.push(path);
            }
        }
    }
    assert!(
        different.is_empty(),
        "these letters have changed; read them and run the test with UPDATE_GOLDEN=1:\n{different:#?}"
    );
}
