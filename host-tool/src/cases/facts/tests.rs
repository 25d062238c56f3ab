//! What proxies and block lists have shown, and which letters come of it.

use std::net::IpAddr;

use probe_core::{
    proxy::{Outcome, Protocol},
    verdict::{Kind, Reason},
};

use super::*;
use crate::{
    cases::{
        groups::{self, Grouping},
        yard::{NOW, OWN, TARGET, TRANSLATED, Yard, ZONE},
    },
    letters::{
        Language, Profile,
        form::{Form, Sheet},
        model::{Decision, Occasion, ProxyProtocol, WhyNone},
        render,
    },
    lists::{Entry, ListedProxy},
    problem::Place,
    store::Store as _,
};

const PROXY: &str = "192.0.2.1:1080";
const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 9));
/// An entry of the yard's block list as a proxy, as a relay, and as something else.
const AS_PROXY: [u8; 4] = [127, 0, 0, 8];
const AS_RELAY: [u8; 4] = [127, 0, 0, 5];
const AS_OTHER: [u8; 4] = [127, 0, 0, 3];

fn decisions(yard: &Yard) -> Vec<Decision> {
    let cases = yard.cases();
    let decisions = cases.iter().map(|view| decision(view, Basis::Tests));
    decisions.collect()
}

#[test]
fn a_proxy_is_confirmed_by_word_and_visit_of_one_attempt_and_by_nothing_less() {
    use Outcome::{AuthRequired, Granted, Returned};
    use Protocol::{Socks4, Socks5};
    let visit = |protocol| Some((protocol, ELSEWHERE));
    for (name, attempts, visit, expected) in [
        (
            "both",
            &[(Socks5, Returned)][..],
            visit(Socks5),
            (Kind::Confirmed, Reason::ConnectionReturned),
        ),
        (
            "word",
            &[(Socks5, Returned)],
            None,
            (Kind::Accepted, Reason::NonceReturned),
        ),
        (
            "visit",
            &[(Socks5, Granted)],
            visit(Socks5),
            (Kind::Suspected, Reason::Granted),
        ),
        (
            "another",
            &[(Socks4, Granted), (Socks5, Returned)],
            visit(Socks4),
            (Kind::Accepted, Reason::NonceReturned),
        ),
        (
            "own",
            &[(Socks5, Returned)],
            Some((Socks5, OWN)),
            (Kind::Inconclusive, Reason::OwnAddress),
        ),
        (
            "translated",
            &[(Socks5, Returned)],
            Some((Socks5, TRANSLATED)),
            (Kind::Inconclusive, Reason::OwnAddress),
        ),
        (
            "login",
            &[(Socks5, AuthRequired)],
            None,
            (Kind::Closed, Reason::AuthRequired),
        ),
    ] {
        let mut yard = Yard::new(&format!("proxy-{name}"));
        yard.proxy(1, PROXY, attempts);
        if let Some((protocol, from)) = visit {
            yard.visited(1, PROXY, protocol, from);
        }
        let view = &yard.cases()[0];
        let verdict = view.verdict();
        assert_eq!((verdict.kind, verdict.reason), expected, "{name}");
        let facts = finding(view).unwrap();
        assert_eq!(
            facts.returned.is_some(),
            verdict.kind == Kind::Confirmed,
            "{name}"
        );
    }
}

#[test]
fn what_a_letter_says_of_a_proxy() {
    let mut yard = Yard::new("proxy-facts");
    let attempts = [
        (Protocol::Socks4, Outcome::Granted),
        (Protocol::Socks5, Outcome::Returned),
        (Protocol::Socks5Name, Outcome::AuthRequired),
    ];
    yard.proxy(1, PROXY, &attempts);
    yard.visited(1, PROXY, Protocol::Socks5, ELSEWHERE);
    let facts = finding(&yard.cases()[0]).unwrap();
    // Only what is proved is called open.
    let socks5 = Probed::Proxy {
        protocol: ProxyProtocol::Socks5,
    };
    assert_eq!((facts.probed, facts.also.as_slice()), (socks5, &[][..]));
    let tested = facts.tested.unwrap();
    assert_eq!(
        (tested.answered, tested.accepted, tested.refused),
        (3, 2, 1)
    );
    assert_eq!(
        tested.accepted_forms,
        [
            "SOCKS4 CONNECT 198.51.100.200:25",
            "SOCKS5, no login, CONNECT 198.51.100.200:25"
        ]
    );
    let lines: Vec<&str> = facts
        .transcript
        .iter()
        .map(|line| line.text.as_str())
        .collect();
    assert_eq!(
        lines,
        [
            "SOCKS5, no login, CONNECT 198.51.100.200:25",
            "05 00 (no login)",
            "05 00 00 01 c6 33 64 07 c0 02 (granted)",
            "220 sink.cert.example ESMTP g..."
        ]
    );
    let returned = facts.returned.unwrap();
    assert_eq!(
        (returned.from, returned.form.as_deref()),
        (ELSEWHERE, Some("socks5"))
    );
}

#[test]
fn a_letter_names_the_protocol_whose_word_came_back_and_none_that_only_granted() {
    let socks5 = Probed::Proxy {
        protocol: ProxyProtocol::Socks5,
    };
    let mut yard = Yard::new("proxy-word");
    let attempts = [
        (Protocol::Socks4, Outcome::Granted),
        (Protocol::Socks5, Outcome::Returned),
    ];
    yard.proxy(1, PROXY, &attempts);
    let view = &yard.cases()[0];
    assert_eq!(view.verdict().kind, Kind::Accepted);
    let facts = finding(view).unwrap();
    assert_eq!((facts.probed, facts.also.as_slice()), (socks5, &[][..]));
}

#[test]
fn a_listing_supports_what_it_says_and_nothing_else() {
    use Decision::{NoLetter, Write};
    let (granted, refused) = (Outcome::Granted, Outcome::Denied);
    let suspected = Write(Occasion::ListedAndSuspected);
    let alone = NoLetter(WhyNone::SuspectedAlone);
    for (name, outcome, records, may_be_quoted, expected) in [
        ("proxy", granted, &[AS_PROXY][..], true, suspected),
        ("relay", granted, &[AS_RELAY], true, alone),
        ("other", granted, &[AS_OTHER], true, alone),
        ("none", granted, &[], true, alone),
        ("secret", granted, &[AS_PROXY], false, alone),
        (
            "several",
            granted,
            &[AS_OTHER, AS_RELAY, AS_PROXY],
            true,
            suspected,
        ),
        (
            "stale",
            refused,
            &[AS_PROXY],
            true,
            NoLetter(WhyNone::ListingLooksStale),
        ),
        (
            "closed",
            refused,
            &[AS_RELAY],
            true,
            NoLetter(WhyNone::Closed),
        ),
    ] {
        let mut yard = Yard::quoting(&format!("listing-{name}"), may_be_quoted);
        yard.proxy(1, PROXY, &[(Protocol::Socks5, outcome)]);
        yard.looked_up(2, "192.0.2.1", records);
        assert_eq!(
            decisions(&yard),
            [expected, NoLetter(WhyNone::Lookup)],
            "{name}"
        );
    }
}

#[test]
fn a_relay_needs_a_listing_as_a_relay() {
    for (name, record, expected) in [
        (
            "relay",
            AS_RELAY,
            Decision::Write(Occasion::ListedAndAccepted),
        ),
        (
            "proxy",
            AS_PROXY,
            Decision::NoLetter(WhyNone::SuspectedAlone),
        ),
    ] {
        let mut yard = Yard::new(&format!("relay-listed-as-{name}"));
        yard.found(1, TARGET);
        yard.looked_up(2, "192.0.2.1", &[record]);
        assert_eq!(decisions(&yard)[0], expected, "{name}");
    }
}

#[test]
fn what_lists_say_has_a_day_a_code_and_the_newest_word_counts() {
    let mut yard = Yard::new("lookup");
    yard.proxy(1, PROXY, &[(Protocol::Socks5, Outcome::Granted)]);
    yard.looked_up(2, "192.0.2.1", &[AS_PROXY]);
    // Another address is another's.
    yard.looked_up(3, "192.0.2.2", &[AS_RELAY]);
    let cases = yard.cases();
    let said: Vec<String> = cases[0]
        .listed
        .iter()
        .map(|it| {
            let listing = &it.listing;
            let (on, code) = (listing.on.unwrap(), listing.code.as_deref().unwrap());
            format!(
                "{} {on} {code} {}",
                listing.by,
                listing.claim.as_str().unwrap()
            )
        })
        .collect();
    let day = crate::output::timestamp(cases[0].latest().ended).to_string();
    let day = day.split('T').next().unwrap();
    assert_eq!(
        said,
        [format!("dnsbl.example {day} 127.0.0.8 open-proxy/socks")]
    );
    yard.looked_up(4, "192.0.2.1", &[]);
    assert_eq!(yard.cases()[0].listed, []);
}

#[test]
fn relay_and_proxy_of_one_address_are_one_letter() {
    let mut yard = Yard::new("both");
    yard.found(1, TARGET);
    yard.returned(60, 1, TARGET);
    yard.proxy(2, PROXY, &[(Protocol::Socks5, Outcome::Returned)]);
    yard.visited(2, PROXY, Protocol::Socks5, ELSEWHERE);
    yard.looked_up(3, "192.0.2.1", &[AS_PROXY]);
    let cases = yard.cases();
    let due = groups::due(&cases, Grouping::Network, Basis::Tests);
    let members: Vec<usize> = due.iter().map(|group| group.members.len()).collect();
    assert_eq!(members, [2]);
    let reference = &groups::references(&due, &[])[0];
    let letter = letter(&due[0], reference, Utc(1_795_000_000));
    assert_eq!(
        letter.subject_kind(),
        Some(crate::letters::model::SubjectKind::Both)
    );
    assert_eq!(letter.findings[0].listings, []);
    assert_eq!(letter.findings[1].listings.len(), 1);
}

#[test]
fn tokens_are_shortened_and_words_are_not() {
    for (text, redacted_text) in [
        (
            "554 5.7.1 <raaaqaaakaapfcdx7rgmhcel5e4@sink.cert.example>: Relay access denied",
            "554 5.7.1 <r...@sink.cert.example>: Relay access denied",
        ),
        (
            "RCPT TO:<\"raaaqaaakaapfcdx7rgmhcel5e4%d\"@h>",
            "RCPT TO:<\"r...%d\"@h>",
        ),
        (
            "550 representations are refused",
            "550 representations are refused",
        ),
        (
            "220 sink.cert.example ESMTP gaa2n5lfxq7k3mzbtwc6ydh4jru",
            "220 sink.cert.example ESMTP g...",
        ),
        ("", ""),
    ] {
        assert_eq!(redacted(text), redacted_text);
    }
}

/// The letter of a store where the address is listed as a SOCKS proxy and is one: from the wire to a file.
/// As in 2004, which knew no tests of its own, and as letters are today.
#[test]
fn a_danish_letter_of_a_listed_and_confirmed_socks5_proxy() {
    let mut yard = Yard::new("danish");
    yard.proxy(1, PROXY, &[(Protocol::Socks5, Outcome::Returned)]);
    yard.visited(1, PROXY, Protocol::Socks5, ELSEWHERE);
    yard.looked_up(2, "192.0.2.1", &[AS_OTHER, AS_PROXY]);
    let entry = Entry {
        place: Place::named("list"),
        address: "192.0.2.1".parse().unwrap(),
        port: 25,
        about: About {
            country: Some("DK".to_owned()),
            contact: Some("abuse@hosting.example".to_owned()),
            listings: vec![crate::lists::Listing {
                by: "open.dnsbl.example".to_owned(),
                on: "2025-12-30".parse().ok(),
                since: None,
                code: None,
                claim: Claim::OpenProxy(ListedProxy::Socks5),
            }],
            ..About::default()
        },
    };
    yard.store.note(&[entry], NOW).unwrap();
    let cases = yard.cases();
    for name in ["ftc-2004", "example-cert"] {
        let profile = Profile::load(name).unwrap();
        let due = groups::due(&cases, Grouping::Network, profile.basis);
        let reference = &groups::references(&due, &[])[0];
        let facts = letter(&due[0], reference, Utc(1_795_000_000));
        let written = render(&facts, Language::Da, &profile).unwrap();
        assert_eq!(written.faults, [], "{name}");
        let text = &written.text;
        assert!(text.contains("192.0.2.1") && text.contains("åben proxyserver"));
        assert!(text.contains(ZONE), "{name} names who lists it");
        // The code that says something else is nobody's business, and only a test's result calls it open.
        assert!(!text.contains("127.0.0.3"), "{name}");
        assert_eq!(text.contains("SOCKS5"), name == "example-cert");
        assert_eq!(text.contains("198.51.100.9"), name == "example-cert");
        // Nothing of relays is said of a proxy by today's profile.
        let is_of_relays = text.contains("mailrelæ");
        assert_eq!(is_of_relays, name == "ftc-2004", "2004 wrote of both");
        if name == "ftc-2004" {
            assert_eq!(facts_missing(text), [""; 0]);
        }
        let sheet = Sheet {
            letter: &written,
            facts: &facts,
            profile: &profile,
            follows: None,
        };
        let mut files = Form::Text.of_letter(&sheet).unwrap();
        files.extend(Form::Eml.of_letter(&sheet).unwrap());
        files.extend(Form::Html.of_run(&[sheet]).unwrap());
        assert_eq!(files.len(), 3, "{name}");
        for (file, ending) in files.iter().zip(["txt", "eml", "html"]) {
            golden(&format!("{name}.{ending}"), &file.octets);
        }
    }
}

/// The facts of the letter of 2004 that a text lacks.
fn facts_missing(text: &str) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Fact {
        fact: String,
        words: String,
    }
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let facts = include_str!("../../../profiles/facts/ftc-2004.toml");
    let facts: std::collections::BTreeMap<String, Vec<Fact>> = toml::from_str(facts).unwrap();
    let facts: Vec<Fact> = facts.into_values().flatten().collect();
    assert!(facts.len() >= 38, "{} facts", facts.len());
    let is_missing = |fact: &Fact| !text.contains(&fact.words.replace("192.0.2.80", "192.0.2.1"));
    let missing = facts.into_iter().filter(is_missing);
    missing.map(|fact| fact.fact).collect()
}

fn golden(name: &str, octets: &[u8]) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/socks5-da")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, octets).unwrap();
    }
    let expected = std::fs::read(&path).unwrap_or_default();
    assert!(
        expected == octets,
        "{name} has changed; read it and run the test with UPDATE_GOLDEN=1"
    );
}
