//! What real servers answered, replayed: the verdict on the recording is the verdict on the server.
//! Then the same recordings as no one has tuned the classifier for: without enhanced status codes,
//! in other languages, with other codes of the same class. Whatever is read less surely then, a
//! closed server is never suspected, and an open one never called closed.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::{
    fmt::Write as _,
    net::{Ipv4Addr, SocketAddr},
};

use host_sim::{
    demo,
    peers::{Fate, Personality},
    script::{self, RECORDED, Source},
    world::World,
};
use probe_core::{
    name::Name,
    scope::Depth,
    suspect::Suspect,
    verdict::{Kind, Verdict},
};
use support::{last_findings, scan};

const DEPTHS: [Depth; 3] = [Depth::Quick, Depth::Standard, Depth::Full];

#[test]
fn the_verdict_on_a_recording_is_the_verdict_on_the_server() {
    for depth in DEPTHS {
        let recorded = script::recorded();
        for (personality, verdict) in recorded.iter().zip(verdicts(recorded, depth)) {
            let (name, depth_name) = (personality.name, depth.as_str());
            assert_eq!(
                verdict,
                personality.expected(depth),
                "{name} at {depth_name}"
            );
        }
    }
}

#[test]
fn no_variant_is_accused_falsely_or_acquitted_falsely() {
    let mut table = format!(
        "{:<17} {:<33} {:<34} {:<34} full\n",
        "recording", "variant", "quick", "standard"
    );
    let mut wrong = Vec::new();
    for recording in RECORDED {
        let variants = variants(recording);
        let personalities: Vec<_> = variants
            .iter()
            .map(|(_, personality)| *personality)
            .collect();
        let [quick, standard, full] = DEPTHS.map(|depth| verdicts(&personalities, depth));
        for (number, (name, personality)) in variants.iter().enumerate() {
            let verdicts = [quick[number], standard[number], full[number]];
            let [quick, standard, full] = verdicts.map(word);
            let of = personality.name;
            writeln!(
                table,
                "{of:<17} {name:<33} {quick:<34} {standard:<34} {full}"
            )
            .unwrap();
            let is_open = personality
                .truth
                .iter()
                .any(|rule| rule.fate == Fate::Relayed);
            let never = if is_open {
                Kind::Closed
            } else {
                Kind::Suspected
            };
            if verdicts.iter().any(|verdict| verdict.kind == never) {
                wrong.push(format!("{of} {name}: {}", never.as_str()));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    let golden = include_str!("golden/held-out.txt");
    for (number, (is, was)) in (1..).zip(table.lines().zip(golden.lines())) {
        assert_eq!(is, was, "golden/held-out.txt:{number}");
    }
    assert_eq!(table, golden, "the whole table is\n{table}");
}

/// The verdict on each, all of them in one world.
fn verdicts(personalities: &[&'static Personality], depth: Depth) -> Vec<Verdict> {
    let scope = demo::scope(depth);
    let mut world = World::empty(1);
    let mut list = Vec::new();
    for (number, personality) in (25..).zip(personalities) {
        let at = SocketAddr::from((Ipv4Addr::new(192, 0, 2, number), 25));
        let domain = format!("{}.example", personality.name);
        world = world.with_peer(at, personality.at(&format!("mx.{domain}"), &[&domain]));
        list.push(Suspect {
            address: at.ip(),
            port: at.port(),
            names: [Name::new(&domain).unwrap()].into_iter().collect(),
        });
    }
    let (collected, report) = scan(world, &scope, &list);
    assert_eq!(report.wire.strays, []);
    let findings = last_findings(&collected);
    list.iter()
        .map(|suspect| findings[&SocketAddr::new(suspect.address, suspect.port)].verdict)
        .collect()
}

fn word(verdict: Verdict) -> String {
    format!("{}: {}", verdict.kind.as_str(), verdict.reason.as_str())
}

/// Every combination of language, codes and enhanced codes.
fn variants((file, text): &Source) -> Vec<(String, &'static Personality)> {
    let mut variants = Vec::new();
    for (language, words) in LANGUAGES {
        for (codes, moved) in CODES {
            for (suffix, enhanced) in [("", true), (", none enhanced", false)] {
                let vary = |line: &str| match line.strip_prefix("S: ") {
                    Some(said) => format!("S: {}\n", vary(said, words, moved, enhanced)),
                    None => format!("{line}\n"),
                };
                let script: String = text.lines().map(vary).collect();
                let personality = script::load(file, &script).unwrap();
                variants.push((format!("{language}, {codes}{suffix}"), personality));
            }
        }
    }
    variants
}

/// One line of a reply, changed.
fn vary(said: &str, words: Words, moved: Words, enhanced: bool) -> String {
    let Some((code, rest)) = said
        .split_at_checked(3)
        .filter(|(code, _)| code.as_bytes()[0] >= b'4')
    else {
        return said.to_owned();
    };
    let code = moved
        .iter()
        .find(|(from, _)| *from == code)
        .map_or(code, |(_, to)| to);
    let (mark, text) = rest.split_at_checked(1).unwrap_or((rest, ""));
    let (status, text) = match text.split_once(' ') {
        Some((status, text)) if is_enhanced(status) => (Some(status), text),
        _ => (None, text),
    };
    let status = status
        .filter(|_| enhanced)
        .map(|status| format!("{status} "));
    let mut text = text.to_owned();
    for (english, other) in words {
        text = text.replace(english, other);
    }
    format!("{code}{mark}{}{text}", status.unwrap_or_default())
}

fn is_enhanced(word: &str) -> bool {
    let numbers: Vec<_> = word.split('.').collect();
    numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u16>().is_ok())
}

/// Codes that are moved, each within its class.
const CODES: [(&str, Words); 4] = [
    ("own codes", &[]),
    (
        "551, 451",
        &[
            ("550", "551"),
            ("554", "551"),
            ("553", "551"),
            ("454", "451"),
        ],
    ),
    (
        "553, 450",
        &[
            ("550", "553"),
            ("554", "553"),
            ("551", "553"),
            ("454", "450"),
        ],
    ),
    (
        "571, 452",
        &[
            ("550", "571"),
            ("554", "571"),
            ("553", "571"),
            ("454", "452"),
        ],
    ),
];

/// What is replaced by what, longer texts first.
type Words = &'static [(&'static str, &'static str)];

/// Neutral wording: no English word that names relaying, users, senders or syntax is left.
#[rustfmt::skip]
const LANGUAGES: [(&str, Words); 4] = [
    ("English", &[]),
    (
        "German",
        &[
            ("Recipient address rejected: User unknown in local recipient table", "Empfang abgelehnt: hier kennt man das nicht"),
            ("Recipient address rejected", "Empfang abgelehnt"),
            ("Sender address rejected", "Absenderangabe abgelehnt"),
            ("need fully-qualified address", "bitte die ganze Angabe"),
            ("Relay access denied", "Das ist hier nicht erlaubt"),
            ("relay not permitted", "das ist hier nicht gestattet"),
            ("Invalid recipient", "So geht das nicht"),
            ("restricted characters in address", "unpassende Zeichen"),
            ("Unrouteable address", "kein Weg dorthin"),
            ("domain literals not allowed", "in dieser Form nicht"),
            ("domain missing or malformed", "hinten fehlt etwas"),
            ("recipient address must contain a domain", "hinten fehlt etwas"),
            ("sender address must contain a domain", "hinten fehlt etwas"),
            ("malformed address", "falsch geschrieben"),
            ("may not follow", "steht falsch hinter"),
            ("Sender address syntax error", "falsch geschrieben"),
            ("Recipient address syntax error", "falsch geschrieben"),
            ("Bad sender address syntax", "falsch geschrieben"),
            ("Bad recipient address syntax", "falsch geschrieben"),
            ("sender not yet given", "zu früh"),
            ("Error: need MAIL command", "zu früh"),
            ("Invalid command: Command not allowed at this point.", "zu früh"),
        ],
    ),
    (
        "French",
        &[
            ("Recipient address rejected: User unknown in local recipient table", "Destinataire refusé : personne de ce nom"),
            ("Recipient address rejected", "Destinataire refusé"),
            ("Sender address rejected", "Expéditeur refusé"),
            ("need fully-qualified address", "adresse incomplète"),
            ("Relay access denied", "Ceci n'est pas autorisé ici"),
            ("relay not permitted", "ceci n'est pas permis"),
            ("Invalid recipient", "Impossible"),
            ("restricted characters in address", "caractères interdits"),
            ("Unrouteable address", "aucun chemin"),
            ("domain literals not allowed", "pas sous cette forme"),
            ("domain missing or malformed", "la fin manque"),
            ("recipient address must contain a domain", "la fin manque"),
            ("sender address must contain a domain", "la fin manque"),
            ("malformed address", "mal écrit"),
            ("may not follow", "ne suit pas"),
            ("Sender address syntax error", "mal écrit"),
            ("Recipient address syntax error", "mal écrit"),
            ("Bad sender address syntax", "mal écrit"),
            ("Bad recipient address syntax", "mal écrit"),
            ("sender not yet given", "trop tôt"),
            ("Error: need MAIL command", "trop tôt"),
            ("Invalid command: Command not allowed at this point.", "trop tôt"),
        ],
    ),
    (
        "Polish",
        &[
            ("Recipient address rejected: User unknown in local recipient table", "Odbiorca odrzucony: nikogo takiego tu nie ma"),
            ("Recipient address rejected", "Odbiorca odrzucony"),
            ("Sender address rejected", "Nadawca odrzucony"),
            ("need fully-qualified address", "adres jest niepełny"),
            ("Relay access denied", "Tutaj to niedozwolone"),
            ("relay not permitted", "to jest niedozwolone"),
            ("Invalid recipient", "Nic z tego"),
            ("restricted characters in address", "niedozwolone znaki"),
            ("Unrouteable address", "nie ma drogi"),
            ("domain literals not allowed", "nie w tej postaci"),
            ("domain missing or malformed", "brakuje końca"),
            ("recipient address must contain a domain", "brakuje końca"),
            ("sender address must contain a domain", "brakuje końca"),
            ("malformed address", "błędny zapis"),
            ("may not follow", "nie może stać za"),
            ("Sender address syntax error", "błędny zapis"),
            ("Recipient address syntax error", "błędny zapis"),
            ("Bad sender address syntax", "błędny zapis"),
            ("Bad recipient address syntax", "błędny zapis"),
            ("sender not yet given", "za wcześnie"),
            ("Error: need MAIL command", "za wcześnie"),
            ("Invalid command: Command not allowed at this point.", "za wcześnie"),
        ],
    ),
];
