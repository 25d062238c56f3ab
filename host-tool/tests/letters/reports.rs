//! Reports for machines: what is reported as what, under which number, with which evidence.

use std::collections::{BTreeMap, BTreeSet};

use host_tool::letters::{
    Language,
    form::{Form, Sheet},
    model::{Basis, Caveat, FindingFacts, LetterFacts, Probed, ProxyProtocol},
};
use probe_core::{time::Utc, verdict::Reason};
use serde_json::Value;

use crate::{
    facts,
    forms::{Written, golden, names, table},
    refused::own,
};

/// Every kind of finding that a letter may report, relay and proxy.
fn every_finding() -> Vec<FindingFacts> {
    let mut findings = facts::everything();
    let socks = Probed::Proxy {
        protocol: ProxyProtocol::Socks5,
    };
    findings.push(FindingFacts {
        probed: socks,
        ..facts::confirmed(80)
    });
    findings.push(FindingFacts {
        probed: socks,
        ..facts::suspected(81)
    });
    findings
}

#[test]
fn reports_are_of_the_form_that_the_documentation_gives() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../docs/xarf-report.schema.json"
    );
    let mut schemas = boon::Schemas::new();
    let schema = boon::Compiler::new().compile(path, &mut schemas).unwrap();
    // A proxy's letter has no words yet in this profile; its report needs none.
    let written = Written::new(facts::everything(), Language::En, own());
    let sheet_facts = LetterFacts {
        findings: every_finding(),
        ..written.facts.clone()
    };
    let sheet = Sheet {
        facts: &sheet_facts,
        ..written.sheet()
    };
    let files = Form::Xarf.of_letter(&sheet).unwrap();
    assert_eq!(files.len(), every_finding().len());
    let mut ids = BTreeSet::new();
    let mut kinds = BTreeMap::<String, usize>::new();
    for file in &files {
        let report: Value = serde_json::from_slice(&file.octets).unwrap();
        if let Err(error) = schemas.validate(&report, schema) {
            panic!("{}: {error:#}", file.name);
        }
        assert!(report.get("_internal").is_none());
        assert!(ids.insert(report["report_id"].to_string()), "an id twice");
        let what = report.get("service").or(report.get("threat_type"));
        *kinds.entry(what.unwrap().to_string()).or_default() += 1;
    }
    let kinds: Vec<(&str, usize)> = kinds.iter().map(|(kind, n)| (kind.as_str(), *n)).collect();
    assert_eq!(
        kinds,
        [
            ("\"open_proxy\"", 1),
            ("\"open_relay\"", files.len() - 3),
            ("\"smtp-open-relay\"", 1),
            ("\"socks5-open-proxy\"", 1),
        ]
    );
}

#[test]
fn a_report_calls_nothing_a_vulnerability_that_is_not_proved() {
    for (finding, category, confidence) in [
        (facts::confirmed(1), "vulnerability", 1.0),
        (facts::accepted(1), "reputation", 0.6),
        (facts::suspected(1), "reputation", 0.4),
        (facts::undecided(1, Reason::Greylisted), "reputation", 0.2),
    ] {
        let written = Written::new(vec![finding], Language::En, own());
        assert_eq!(names(&written.files(Form::Xarf)), ["A-1.xarf.json"]);
        let report = &written.reports()[0];
        assert_eq!(report["category"], category);
        let told = report["confidence"].as_f64().unwrap();
        assert!((told - confidence).abs() < 1e-6, "{told}");
        let description = report["description"].as_str().unwrap();
        assert_eq!(
            description.contains("is no proof"),
            category == "reputation",
            "{description}"
        );
    }
}

#[test]
fn a_report_of_a_laboratory_says_so() {
    for is_lab in [false, true] {
        let mut finding = facts::confirmed(1);
        finding.caveats.extend(is_lab.then_some(Caveat::Laboratory));
        let written = Written::new(vec![finding], Language::En, own());
        let tags = written.reports()[0]["tags"].to_string();
        assert_eq!(tags.contains("postern:laboratory"), is_lab, "{tags}");
    }
}

/// These are also what `cargo xtask test` shows to the validator of the XARF project.
#[test]
fn reports_are_as_they_were_read() {
    let socks = Probed::Proxy {
        protocol: ProxyProtocol::Socks5,
    };
    let of = |probed, finding| FindingFacts { probed, ..finding };
    let written = Written::new(vec![facts::suspected(25)], Language::En, own());
    for (name, finding) in [
        ("relay-confirmed", facts::confirmed(25)),
        ("relay-accepted", facts::accepted(25)),
        ("relay-suspected", facts::suspected(25)),
        ("relay-undecided", facts::undecided(25, Reason::Greylisted)),
        ("proxy-confirmed", of(socks, facts::confirmed(80))),
        ("proxy-suspected", of(socks, facts::suspected(80))),
    ] {
        let facts = LetterFacts {
            findings: vec![finding],
            ..written.facts.clone()
        };
        let sheet = Sheet {
            facts: &facts,
            ..written.sheet()
        };
        let file = Form::Xarf.of_letter(&sheet).unwrap().remove(0);
        golden(&format!("xarf/{name}.json"), &file.octets);
    }
}

#[test]
fn a_report_says_no_more_than_its_letter() {
    let mut profile = own();
    profile.basis = Basis::Listings;
    let finding = FindingFacts {
        listings: facts::suspected(1).listings,
        ..facts::confirmed(1)
    };
    let written = Written::new(vec![finding], Language::En, profile);
    let report = &written.reports()[0];
    assert_eq!(report["category"], "reputation");
    let description = report["description"].as_str().unwrap();
    assert!(description.contains("rests on the listing alone"));
    assert_eq!(report["evidence"].as_array().unwrap().len(), 1);
    assert_eq!(report["tags"], serde_json::json!(["protocol:smtp"]));
    let row = &table(&written.files(Form::Csv)[0])[0];
    for column in ["reason", "forms_accepted", "returned_at", "accepted_forms"] {
        assert_eq!(row[column], "", "{column}");
    }
    assert_eq!(row["verdict"], "not-tested");
}

#[test]
fn a_report_has_the_same_number_until_the_next_test() {
    let id = |findings, language| {
        let written = Written::new(findings, language, own());
        written.reports()[0]["report_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = id(vec![facts::suspected(1)], Language::En);
    assert_eq!(first.len(), 36);
    assert_eq!(id(vec![facts::suspected(1)], Language::Da), first);
    let later = FindingFacts {
        last_seen: Utc(facts::suspected(1).last_seen.0 + 86_400),
        ..facts::suspected(1)
    };
    assert_ne!(id(vec![later], Language::En), first);
    assert_ne!(id(vec![facts::suspected(2)], Language::En), first);
}

#[test]
fn a_report_proves_what_it_quotes() {
    let written = Written::new(vec![facts::confirmed(25)], Language::En, own());
    let report = &written.reports()[0];
    let evidence = report["evidence"].as_array().unwrap();
    assert_eq!(evidence.len(), 2, "a conversation and what was accepted");
    for item in evidence {
        let octets = unbase64(item["payload"].as_str().unwrap());
        assert_eq!(item["size"], octets.len());
        let digest = <sha2::Sha256 as sha2::Digest>::digest(&octets);
        let digits: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(item["hash"], format!("sha256:{digits}"));
    }
    let talk = String::from_utf8(unbase64(evidence[0]["payload"].as_str().unwrap())).unwrap();
    assert!(talk.contains("C: RCPT TO:<u@sink.example>\nS: 250 2.1.5 Ok\n"));
}

fn unbase64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut octets = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes().take_while(|it| *it != b'=') {
        let value = DIGITS.iter().position(|it| *it == digit).unwrap();
        bits = (bits << 6) | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            octets.push((bits >> count) as u8);
        }
    }
    octets
}
