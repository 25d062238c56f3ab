//! Findings as events of IntelMQ: only what is proved is called open.

use host_tool::{
    letters::{
        Language,
        model::{Caveat, FindingFacts, ProxyProtocol},
    },
    output::intelmq::{Reported, event},
};
use probe_core::verdict::{Kind, Reason, Verdict};
use serde_json::{Map, Value};

use crate::{facts, forms::golden};

fn reported(facts: &FindingFacts) -> Option<Map<String, Value>> {
    let letter = facts::letter("A-1", Language::Da, vec![facts.clone()]);
    event(&Reported {
        number: 7,
        facts,
        recipient: &letter.recipient,
        listed_name: Some("MX.hosting.example"),
    })
}

fn with_kind(kind: Kind) -> FindingFacts {
    let mut finding = facts::suspected(3);
    finding.verdict = Some(Verdict {
        kind,
        reason: Reason::RecipientAccepted,
    });
    finding
}

fn laboratory(mut finding: FindingFacts) -> FindingFacts {
    finding.caveats.push(Caveat::Laboratory);
    finding
}

#[test]
fn only_what_is_proved_is_called_open() {
    let proxies = ProxyProtocol::ALL
        .iter()
        .map(|protocol| facts::proxy(*protocol, facts::confirmed(2)));
    let proved: Vec<FindingFacts> = [facts::confirmed(1)].into_iter().chain(proxies).collect();
    let unproved = [
        with_kind(Kind::Accepted),
        with_kind(Kind::Suspected),
        facts::proxy(ProxyProtocol::Socks5, with_kind(Kind::Suspected)),
        laboratory(facts::confirmed(4)),
    ];
    let mut lines = String::new();
    for finding in &proved {
        let event = reported(finding).unwrap();
        assert_eq!(event["classification.type"], "vulnerable-system");
        assert_eq!(event["source.abuse_contact"], "abuse@hosting.example");
        lines.push_str(&format!("{}\n", Value::Object(event)));
    }
    for finding in &unproved {
        let event = reported(finding).unwrap();
        let kind = event["classification.type"].as_str().unwrap();
        assert!(["undetermined", "test"].contains(&kind), "{kind}");
        let identifier = event["classification.identifier"].as_str().unwrap();
        for word in ["open", "relay", "proxy", "socks"] {
            assert!(!identifier.contains(word), "{identifier}");
        }
        assert_eq!(event["extra.proved"], false);
        assert!(event.get("source.abuse_contact").is_none());
        lines.push_str(&format!("{}\n", Value::Object(event)));
    }
    golden("events.jsonl", lines.as_bytes());
}

#[test]
fn there_is_no_event_of_what_is_closed_or_undecided_or_untested() {
    for kind in [Kind::Closed, Kind::Inconclusive] {
        assert_eq!(reported(&with_kind(kind)), None, "{kind:?}");
    }
    let mut untested = facts::suspected(1);
    untested.verdict = None;
    assert_eq!(reported(&untested), None);
}
