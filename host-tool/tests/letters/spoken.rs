//! Dates, times, lists and plurals as each language has them.

use host_tool::letters::{Language, Profile, model::FindingFacts, render};
use probe_core::time::Utc;

use crate::facts;

/// The letter's words on one line, no-break spaces as they are.
fn words(language: Language, findings: Vec<FindingFacts>, written: Utc) -> String {
    let mut facts = facts::letter("A-1", language, findings);
    facts.written = written;
    let profile = Profile::load("example-cert").unwrap();
    let letter = render(&facts, language, &profile).unwrap();
    letter
        .text
        .split([' ', '\n'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn every_month_has_its_long_date() {
    let months = |language, expected: [&str; 12]| {
        for (month, expected) in (1..).zip(expected) {
            let noon = jiff::civil::date(2026, month, 13 - month)
                .at(12, 5, 0, 0)
                .in_tz("UTC")
                .unwrap();
            let written = Utc(noon.timestamp().as_second().unsigned_abs());
            let words = words(language, vec![facts::suspected(25)], written);
            assert!(words.contains(expected), "{language}: {expected}");
        }
    };
    months(
        Language::Pl,
        [
            "12 stycznia 2026\u{a0}r.",
            "11 lutego 2026\u{a0}r.",
            "10 marca 2026\u{a0}r.",
            "9 kwietnia 2026\u{a0}r.",
            "8 maja 2026\u{a0}r.",
            "7 czerwca 2026\u{a0}r.",
            "6 lipca 2026\u{a0}r.",
            "5 sierpnia 2026\u{a0}r.",
            "4 września 2026\u{a0}r.",
            "3 października 2026\u{a0}r.",
            "2 listopada 2026\u{a0}r.",
            "1 grudnia 2026\u{a0}r.",
        ],
    );
    months(
        Language::Fr,
        [
            "12 janvier 2026",
            "11 février 2026",
            "10 mars 2026",
            "9 avril 2026",
            "8 mai 2026",
            "7 juin 2026",
            "6 juillet 2026",
            "5 août 2026",
            "4 septembre 2026",
            "3 octobre 2026",
            "2 novembre 2026",
            "1er décembre 2026",
        ],
    );
    months(
        Language::Da,
        [
            "12. januar 2026",
            "11. februar 2026",
            "10. marts 2026",
            "9. april 2026",
            "8. maj 2026",
            "7. juni 2026",
            "6. juli 2026",
            "5. august 2026",
            "4. september 2026",
            "3. oktober 2026",
            "2. november 2026",
            "1. december 2026",
        ],
    );
    months(
        Language::De,
        [
            "12. Januar 2026",
            "11. Februar 2026",
            "10. März 2026",
            "9. April 2026",
            "8. Mai 2026",
            "7. Juni 2026",
            "6. Juli 2026",
            "5. August 2026",
            "4. September 2026",
            "3. Oktober 2026",
            "2. November 2026",
            "1. Dezember 2026",
        ],
    );
    months(
        Language::It,
        [
            "12 gennaio 2026",
            "11 febbraio 2026",
            "10 marzo 2026",
            "9 aprile 2026",
            "8 maggio 2026",
            "7 giugno 2026",
            "6 luglio 2026",
            "5 agosto 2026",
            "4 settembre 2026",
            "3 ottobre 2026",
            "2 novembre 2026",
            "1º dicembre 2026",
        ],
    );
    months(
        Language::En,
        [
            "12 January 2026",
            "11 February 2026",
            "10 March 2026",
            "9 April 2026",
            "8 May 2026",
            "7 June 2026",
            "6 July 2026",
            "5 August 2026",
            "4 September 2026",
            "3 October 2026",
            "2 November 2026",
            "1 December 2026",
        ],
    );
}

#[test]
fn times_in_utc_and_local() {
    for (language, utc, local) in [
        (
            Language::Pl,
            "godz.\u{a0}8:44 (UTC)",
            "godz.\u{a0}9:44 (Europe/Warsaw)",
        ),
        (
            Language::Fr,
            "8\u{a0}h\u{a0}44 (UTC)",
            "9\u{a0}h\u{a0}44 (Europe/Paris)",
        ),
        (
            Language::Da,
            "kl.\u{a0}8.44 (UTC)",
            "kl.\u{a0}9.44 (Europe/Copenhagen)",
        ),
        (
            Language::De,
            "8:44\u{a0}Uhr (UTC)",
            "9:44\u{a0}Uhr (Europe/Berlin)",
        ),
        (
            Language::It,
            "ore\u{a0}8:44 (UTC)",
            "ore\u{a0}9:44 (Europe/Rome)",
        ),
        (Language::En, "8:44 (UTC)", "8:44 (Europe/London)"),
    ] {
        let words = words(language, vec![facts::suspected(25)], Utc(1_795_253_400));
        assert!(words.contains(utc), "{language}: {utc}");
        assert!(words.contains(local), "{language}: {local}");
    }
}

#[test]
fn lists_end_in_the_languages_and() {
    let named = |last_octet, by: &str| {
        let mut finding = facts::suspected(last_octet);
        for listing in &mut finding.listings {
            listing.by = by.into();
        }
        finding
    };
    for (language, three, before_e) in [
        (
            Language::Pl,
            "a.example, b.example i\u{a0}c.example",
            "a.example i\u{a0}e.example",
        ),
        (
            Language::Fr,
            "a.example, b.example et c.example",
            "a.example et e.example",
        ),
        (
            Language::Da,
            "a.example, b.example og c.example",
            "a.example og e.example",
        ),
        (
            Language::De,
            "a.example, b.example und c.example",
            "a.example und e.example",
        ),
        (
            Language::It,
            "a.example, b.example e c.example",
            "a.example ed e.example",
        ),
        (
            Language::En,
            "a.example, b.example and c.example",
            "a.example and e.example",
        ),
    ] {
        let of = |databases: &[&str]| {
            let findings = (1..).zip(databases).map(|(n, by)| named(n, by)).collect();
            words(language, findings, Utc(1_795_253_400))
        };
        let text = of(&["c.example", "a.example", "b.example"]);
        assert!(text.contains(&format!("({three})")), "{language}");
        let text = of(&["e.example", "a.example"]);
        assert!(text.contains(&format!("({before_e})")), "{language}");
    }
}

#[test]
fn addresses_are_counted_as_the_language_counts() {
    for (language, expected) in [
        (
            Language::Pl,
            ["2\u{a0}adresy IP", "5\u{a0}adresów IP", "22\u{a0}adresy IP"],
        ),
        (
            Language::Fr,
            [
                "2\u{a0}adresses IP",
                "5\u{a0}adresses IP",
                "22\u{a0}adresses IP",
            ],
        ),
        (
            Language::Da,
            [
                "2\u{a0}IP-adresser",
                "5\u{a0}IP-adresser",
                "22\u{a0}IP-adresser",
            ],
        ),
        (
            Language::De,
            ["2\u{a0}unten", "5\u{a0}unten", "22\u{a0}unten"],
        ),
        (
            Language::It,
            [
                "2\u{a0}indirizzi IP",
                "5\u{a0}indirizzi IP",
                "22\u{a0}indirizzi IP",
            ],
        ),
        (
            Language::En,
            [
                "2 IP\u{a0}addresses",
                "5 IP\u{a0}addresses",
                "22 IP\u{a0}addresses",
            ],
        ),
    ] {
        for (count, expected) in [2, 5, 22].into_iter().zip(expected) {
            let findings = (1..=count).map(facts::suspected).collect();
            let words = words(language, findings, Utc(1_795_253_400));
            assert!(words.contains(expected), "{language}: {expected}");
        }
    }
}
