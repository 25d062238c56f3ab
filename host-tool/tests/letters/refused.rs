//! What makes no letter, or only a draft, and what is said about it.

use host_tool::letters::{
    FaultKind, Language, Profile, WhyDraft,
    model::{FindingFacts, LetterFacts, ProxyProtocol, Recipient},
    render,
};
use probe_core::{
    time::Utc,
    verdict::{Kind, Reason, Verdict},
};

use crate::facts;

fn example() -> Profile {
    Profile::load("example-cert").unwrap()
}

/// The example with a sender's own names, approved in every language.
pub(crate) fn own() -> Profile {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/profiles/example-cert.toml"
    ))
    .unwrap()
    .replace("cert.example", "cert.gov.pl")
    .replace(
        "approved = [\"en\"]",
        "approved = [\"pl\", \"fr\", \"da\", \"de\", \"it\", \"en\"]",
    );
    Profile::parse("own.toml", &text).unwrap()
}

#[test]
fn a_senders_own_profile_makes_letters_that_are_ready() {
    for language in Language::ALL {
        let facts = facts::letter("A-1", language, vec![facts::suspected(25)]);
        let letter = render(&facts, language, &own()).unwrap();
        assert!(letter.is_ready(), "{language}: {:?}", letter.faults);
        assert!(!letter.text.contains("***"), "{language}");
        assert_eq!(letter.file_name("txt"), format!("A-1.{language}.txt"));
    }
}

#[test]
fn a_draft_says_why_it_is_one() {
    let facts = facts::letter("A-1", Language::Da, vec![facts::suspected(25)]);
    let letter = render(&facts, Language::Da, &example()).unwrap();
    assert_eq!(
        letter.drafts,
        [WhyDraft::ExampleSender, WhyDraft::LanguageNotApproved]
    );
    assert!(letter.text.starts_with("*** UDKAST, må ikke sendes: "));
    assert!(!letter.is_ready());
}

#[test]
fn facts_that_make_no_letter() {
    let letter = |findings| facts::letter("A-1", Language::En, findings);
    let one = || letter(vec![facts::suspected(25)]);
    let with_verdict = |kind, listed| {
        let mut listings = facts::suspected(25).listings;
        listings.retain(|_| listed);
        letter(vec![FindingFacts {
            verdict: Some(Verdict {
                kind,
                reason: Reason::RelayDenied,
            }),
            listings,
            ..facts::suspected(25)
        }])
    };
    let cases: Vec<(LetterFacts, &str)> = vec![
        (
            letter(Vec::new()),
            "case `A-1`: no findings, so there is nothing to write about",
        ),
        (
            with_verdict(Kind::Suspected, false),
            "case `A-1`, 192.0.2.25:25: no letter may be written (suspected, but neither proved \
             nor listed)",
        ),
        (
            with_verdict(Kind::Closed, true),
            "case `A-1`, 192.0.2.25:25: no letter may be written (closed: the listing looks stale)",
        ),
        (
            LetterFacts {
                reference: "A 1".into(),
                ..one()
            },
            "reference `A 1`: expected 1 to 64 ASCII letters, digits and hyphens",
        ),
        (
            LetterFacts {
                written: Utc(u64::MAX),
                ..one()
            },
            "case `A-1`: 18446744073709551615 is no moment in seconds since 1970",
        ),
        (
            LetterFacts {
                recipient: Recipient {
                    time_zone: Some("Mars/Base".into()),
                    ..Recipient::default()
                },
                ..one()
            },
            "case `A-1`: unknown time zone `Mars/Base`; expected a name of the IANA database such \
             as `Europe/Warsaw`",
        ),
    ];
    for (facts, expected) in cases {
        let error = render(&facts, Language::En, &example()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_profile_without_the_language_says_what_to_add() {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/profiles/example-cert.toml"
    ))
    .unwrap();
    let (head, _) = text.split_once("[text.it]").unwrap();
    let profile = Profile::parse("mine.toml", head).unwrap();
    let facts = facts::letter("A-1", Language::It, vec![facts::suspected(25)]);
    assert_eq!(
        render(&facts, Language::It, &profile)
            .unwrap_err()
            .to_string(),
        "mine.toml: expected a table `[text.it]` with `who`, `ground` and `tests`, because a letter \
         is to be written in Italian; the profile has pl, fr, da, de"
    );
}

#[test]
fn names_from_outside_break_nothing() {
    let mut facts = facts::letter("A-1", Language::En, vec![facts::suspected(25)]);
    facts.recipient.organisation = Some("[insert name]\r\nBcc: all \u{202e}".into());
    facts.recipient.contact = Some("a@b.example\r\nBcc: c@d.example".into());
    let finding = facts.findings.first_mut().unwrap();
    finding.host_name = Some("mx\u{1b}[2J.example".into());
    let letter = render(&facts, Language::En, &own()).unwrap();
    assert!(
        letter
            .faults
            .iter()
            .any(|fault| fault.kind == FaultKind::Bracket)
    );
    assert!(
        letter
            .text
            .chars()
            .all(|letter| letter == '\n' || !letter.is_control())
    );
    assert!(!letter.text.lines().any(|line| line.starts_with("Bcc")));
    assert!(!letter.recipient.unwrap().contains(['\r', '\n']));
}

#[test]
fn historic_profiles_refuse_what_was_never_printed() {
    let listed = |language| facts::letter("A-1", language, vec![facts::listed(25)]);
    let proxy = |language| {
        let finding = facts::proxy(ProxyProtocol::Socks5, facts::listed(25));
        facts::letter("A-1", language, vec![finding])
    };
    for (profile, language, facts, expected) in [
        (
            "ftc-2003",
            Language::Da,
            listed(Language::Da),
            "ftc-2003: the letters of this historic profile are known in pl, fr, de, it alone, and \
             this one would be in Danish",
        ),
        (
            "ftc-2004",
            Language::Pl,
            listed(Language::Pl),
            "ftc-2004: the letters of this historic profile are known in da alone, and this one \
             would be in Polish",
        ),
        (
            "ftc-2003",
            Language::De,
            proxy(Language::De),
            "case `A-1`: the profile `ftc-2003` has letters about relays alone, and this one would \
             be about proxies",
        ),
    ] {
        let profile = Profile::load(profile).unwrap();
        let error = render(&facts, language, &profile).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_historic_letter_is_never_ready() {
    for (language, facts, profile) in facts::historic() {
        let letter = render(&facts, language, &profile).unwrap();
        assert_eq!(letter.drafts, [WhyDraft::Historic], "{language}");
        assert!(letter.text.starts_with("*** "), "{language}");
        assert!(!letter.is_ready(), "{language}");
    }
}

/// A listed address that nobody has tested: a historic profile writes about it, no other does.
#[test]
fn listed_but_not_tested_writes_only_the_historic_letter() {
    let finding = FindingFacts {
        verdict: None,
        tested: None,
        ..facts::listed(25)
    };
    let facts = facts::letter("A-1", Language::De, vec![finding]);
    let historic = Profile::load("ftc-2003").unwrap();
    assert!(render(&facts, Language::De, &historic).is_ok());
    for profile in [example(), crate::golden::example(true)] {
        let error = render(&facts, Language::De, &profile).unwrap_err();
        let expected = "no letter may be written (listed, but not tested)";
        assert!(error.to_string().ends_with(expected), "{error}");
    }
}
