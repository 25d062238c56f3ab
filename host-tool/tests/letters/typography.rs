//! The typography table of docs/letters.md: a test for each row, a line for each language.

use host_tool::letters::{
    Language, Profile,
    model::{FindingFacts, SubjectKind},
    render,
};

use crate::{facts, golden};

/// The letter of `example-cert` on one line; no-break spaces as they are.
fn words(language: Language, kind: SubjectKind, count: u8) -> String {
    let findings = facts::several(kind, count, facts::suspected);
    written(language, findings)
}

fn written(language: Language, findings: Vec<FindingFacts>) -> String {
    let facts = facts::letter("A-1", language, findings);
    let profile = Profile::load("example-cert").unwrap();
    let letter = render(&facts, language, &profile).unwrap();
    let words: Vec<&str> = letter.text.split([' ', '\n']).collect();
    words.join(" ").replace("  ", " ")
}

/// In each language's letter stand these words.
fn stand(kind: SubjectKind, count: u8, expected: &[(Language, &str)]) {
    for (language, expected) in expected {
        let words = words(*language, kind, count);
        assert!(words.contains(expected), "{language}: {expected}\n{words}");
    }
}

#[test]
fn quotation_marks() {
    stand(
        SubjectKind::Proxy,
        1,
        &[
            (Language::Pl, "„abuse”"),
            (Language::Fr, "«\u{a0}abuse\u{a0}»"),
            (Language::Da, "”abuse”"),
            (Language::De, "„abuse“"),
            (Language::It, "«abuse»"),
            (Language::En, "“abuse”"),
            (Language::DeAt, "„abuse“"),
            (Language::DeCh, "«abuse»"),
            (Language::DeLi, "«abuse»"),
            (Language::FrCh, "«\u{a0}abuse\u{a0}»"),
            (Language::ItCh, "«abuse»"),
        ],
    );
}

#[test]
fn long_dates() {
    stand(
        SubjectKind::Relay,
        1,
        &[
            (Language::Pl, "21 listopada 2026\u{a0}r."),
            (Language::Fr, "le 1er novembre 2026"),
            (Language::Da, "21. november 2026"),
            (Language::De, "21. November 2026"),
            (Language::It, "1º novembre 2026"),
            (Language::En, "21 November 2026"),
        ],
    );
}

#[test]
fn january_in_austria() {
    let mut finding = facts::suspected(25);
    for listing in &mut finding.listings {
        listing.on = Some(jiff::civil::date(2026, 1, 13));
    }
    for (language, expected) in [
        (Language::De, "13. Januar 2026"),
        (Language::DeAt, "13. Jänner 2026"),
        (Language::DeCh, "13. Januar 2026"),
        (Language::DeLi, "13. Januar 2026"),
    ] {
        let words = written(language, vec![finding.clone()]);
        assert!(words.contains(expected), "{language}: {expected}");
    }
}

#[test]
fn terms_with_the_english_one_in_brackets() {
    stand(
        SubjectKind::Both,
        1,
        &[
            (
                Language::Pl,
                "otwartym przekaźnikiem poczty (ang. open relay)",
            ),
            (Language::Pl, "otwartym serwerem proxy (ang. open proxy)"),
            (
                Language::Fr,
                "relais de messagerie ouvert (en anglais «\u{a0}open relay\u{a0}»)",
            ),
            (
                Language::Fr,
                "serveur mandataire (proxy) ouvert (en anglais «\u{a0}open proxy\u{a0}»)",
            ),
            (Language::Da, "åbent mailrelæ (på engelsk ”open relay”)"),
            (Language::Da, "åben proxyserver (på engelsk ”open proxy”)"),
            (Language::De, "offenes Mail-Relay (englisch „open relay“)"),
            (Language::De, "offener Proxy-Server (englisch „open proxy“)"),
            (Language::It, "configurato come open relay (relay aperto)"),
            (Language::It, "proxy aperto (in inglese «open proxy»)"),
            (Language::En, "open mail relay (“open relay”)"),
            (Language::En, "open proxy server (“open proxy”)"),
        ],
    );
}

#[test]
fn providers() {
    stand(
        SubjectKind::Relay,
        1,
        &[
            (Language::Pl, "dostawcą usług internetowych"),
            (Language::Fr, "fournisseur d’accès à Internet"),
            (Language::Da, "internetudbyder"),
            (Language::De, "Internetanbieter"),
            (Language::It, "fornitore di servizi Internet"),
            (Language::En, "Internet service provider"),
        ],
    );
}

#[test]
fn forms_of_address() {
    stand(
        SubjectKind::Relay,
        1,
        &[
            (Language::Pl, "odpowiadają Państwo za ten serwer"),
            (Language::Fr, "vous êtes responsable de ce serveur"),
            (Language::Da, "er I ansvarlige for denne server"),
            (Language::De, "sind Sie für diesen Server verantwortlich"),
            (Language::It, "Vi preghiamo di"),
            (Language::En, "you are responsible for this server"),
        ],
    );
    // The most formal Danish address stands in the letter of 2004 alone.
    for case in golden::cases() {
        let letter = golden::write(case, Language::Da);
        let words: Vec<&str> = letter.text.split_whitespace().collect();
        for pair in words.windows(2) {
            let [before, word] = pair else { continue };
            let begins = before.ends_with(['.', ':', '-', '”']);
            let is_formal = ["De", "Dem", "Deres"].contains(word) && !begins;
            assert!(!is_formal, "{}: {before} {word}", case.name);
        }
    }
}

#[test]
fn salutations_and_how_the_letter_goes_on() {
    stand(
        SubjectKind::Relay,
        1,
        &[
            (Language::Pl, "Szanowni Państwo, niniejsze pismo"),
            (Language::Fr, "Madame, Monsieur, La présente"),
            (
                Language::Da,
                "Til den ansvarlige for mailserveren på IP-adressen\u{a0}192.0.2.25 hos Hosting \
                 Example Dette brev",
            ),
            (
                Language::De,
                "Sehr geehrte Damen und Herren, dieses Schreiben",
            ),
            (Language::It, "Spettabile Hosting Example, la presente"),
            (Language::En, "Dear Sir or Madam, This letter"),
            (
                Language::DeAt,
                "Sehr geehrte Damen und Herren, dieses Schreiben",
            ),
            (
                Language::DeCh,
                "Sehr geehrte Damen und Herren Dieses Schreiben",
            ),
            (
                Language::DeLi,
                "Sehr geehrte Damen und Herren Dieses Schreiben",
            ),
            (Language::FrCh, "Madame, Monsieur, La présente"),
            (Language::ItCh, "Spettabile Hosting Example, la presente"),
        ],
    );
}

#[test]
fn closings() {
    stand(
        SubjectKind::Relay,
        1,
        &[
            (Language::Pl, "Z\u{a0}poważaniem Example CERT"),
            (
                Language::Fr,
                "Nous vous prions d’agréer, Madame, Monsieur, l’expression de nos salutations \
                 distinguées. Example CERT",
            ),
            (Language::Da, "Med venlig hilsen Example CERT"),
            (Language::De, "Mit freundlichen Grüßen Example CERT"),
            (Language::It, "Distinti saluti Example CERT"),
            (Language::En, "Yours faithfully, Example CERT"),
            (Language::DeAt, "Mit freundlichen Grüßen Example CERT"),
            (Language::DeCh, "Freundliche Grüsse Example CERT"),
            (Language::DeLi, "Freundliche Grüsse Example CERT"),
        ],
    );
}

#[test]
fn spaces_that_do_not_break() {
    stand(
        SubjectKind::Proxy,
        1,
        &[
            (Language::Pl, "i\u{a0}pytania, czy"),
            (Language::Fr, "Protocole\u{a0}: "),
            (Language::Fr, "serveur mandataire ouvert\u{202f}? "),
            (Language::FrCh, "serveur mandataire ouvert? "),
            (Language::FrCh, "Protocole\u{a0}: "),
            (Language::Da, "port\u{a0}25"),
            (Language::De, "IP-Adresse\u{a0}192.0.2.25"),
            (Language::It, "indirizzo IP\u{a0}192.0.2.25"),
            (Language::En, "IP\u{a0}address 192.0.2.25"),
        ],
    );
}

#[test]
fn no_sharp_s_in_switzerland_and_liechtenstein() {
    for language in [Language::DeCh, Language::DeLi] {
        for case in golden::cases() {
            let letter = golden::write(case, language);
            assert!(!letter.text.contains(['ß', '„', '“']), "{}", case.name);
        }
    }
    let case = &golden::cases()[0];
    assert!(golden::write(case, Language::DeAt).text.contains('ß'));
}

#[test]
fn italian_words_take_no_english_s() {
    for case in golden::cases() {
        let letter = golden::write(case, Language::It);
        for word in letter.text.split_whitespace() {
            let word = word.trim_matches(|letter: char| !letter.is_alphabetic());
            let plural = [
                "servers", "relays", "proxies", "clients", "routers", "hosts",
            ];
            let is_english = plural.contains(&word.to_lowercase().as_str());
            assert!(!is_english, "{}: {word}", case.name);
        }
    }
}

#[test]
fn danish_compounds_are_one_word() {
    for case in golden::cases() {
        let text = golden::write(case, Language::Da).text.to_lowercase();
        for split in [
            "proxy server",
            "mail server",
            "mail relæ",
            "ip adresse",
            "test mail",
        ] {
            assert!(!text.contains(split), "{}: {split}", case.name);
        }
    }
}
