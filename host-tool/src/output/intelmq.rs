//! `findings --format intelmq`: findings as events of IntelMQ, one JSON object a line.
//!
//! Whoever takes in an event may tell an operator of it without a further look, so an event is
//! classified as an open relay or proxy only where that was proved. docs/findings.md has the rules.

use jiff::tz::TimeZone;
use probe_core::{
    time::Utc,
    verdict::{Kind, RULES},
};
use serde_json::{Map, Value, json};

use super::timestamp;
use crate::{
    cases::{CaseView, facts},
    import::{OWN_TOOL, TOOL_FIELD},
    letters::model::{Caveat, FindingFacts, Probed, ProxyProtocol, Recipient},
};

/// A finding with what else an event says.
#[derive(Clone, Debug)]
pub struct Reported<'a> {
    /// Its number.
    pub number: u64,
    /// The finding.
    pub facts: &'a FindingFacts,
    /// Who runs it.
    pub recipient: &'a Recipient,
    /// Its host name, by the list: what a server calls itself need not be a name in the DNS.
    pub listed_name: Option<&'a str>,
}

/// Whether a verdict may become an event at all: an event reports something about an address, and
/// of what was found closed or was not decided there is nothing to report.
pub const fn may_be_event(kind: Kind) -> bool {
    match kind {
        Kind::Confirmed | Kind::Accepted | Kind::Suspected => true,
        Kind::Closed | Kind::Inconclusive => false,
    }
}

/// The event of a case as one line, with its end; `None` where there is nothing to report.
pub fn line(view: &CaseView) -> Option<String> {
    let recipient = facts::recipient(&view.case.about);
    let reported = Reported {
        number: view.case.number.0,
        facts: &facts::finding(view)?,
        recipient: &recipient,
        listed_name: view.case.about.name.as_ref().map(|name| name.as_str()),
    };
    Some(format!("{}\n", Value::Object(event(&reported)?)))
}

/// The event, with the flat names of IntelMQ's data format.
pub fn event(reported: &Reported<'_>) -> Option<Map<String, Value>> {
    let facts = reported.facts;
    let verdict = facts.verdict.filter(|it| may_be_event(it.kind))?;
    let is_lab = facts.caveats.contains(&Caveat::Laboratory);
    let is_proved = verdict.kind == Kind::Confirmed && !is_lab;
    let (taxonomy, kind, identifier) = classified(facts.probed, verdict.kind, is_lab);
    let endpoint = facts.endpoint;
    let mut event = Map::new();
    let mut add = |name: &str, value: Value| {
        if !value.is_null() {
            event.insert(name.to_owned(), value);
        }
    };
    add("feed.name", json!("Postern"));
    add("classification.taxonomy", json!(taxonomy));
    add("classification.type", json!(kind));
    add("classification.identifier", json!(identifier));
    add("time.source", json!(moment(facts.last_seen)));
    add("source.ip", json!(endpoint.ip().to_string()));
    add("source.port", json!(endpoint.port()));
    let name = reported.listed_name.map(str::to_ascii_lowercase);
    add("source.fqdn", json!(name));
    add(
        "source.geolocation.cc",
        json!(reported.recipient.country.as_deref()),
    );
    // With a contact in it, an event may become a mail to that contact at once.
    let contact = reported.recipient.contact.as_deref();
    add(
        "source.abuse_contact",
        json!(contact.filter(|_| is_proved).map(str::to_lowercase)),
    );
    add("protocol.transport", json!("tcp"));
    add("protocol.application", json!(application(facts.probed)));
    add(
        "event_description.text",
        json!(description(facts, verdict.kind, is_lab)),
    );
    add(TOOL_FIELD, json!(OWN_TOOL));
    add("extra.finding", json!(reported.number));
    add("extra.verdict", json!(verdict.kind.as_str()));
    add("extra.reason", json!(verdict.reason.as_str()));
    add("extra.proved", json!(is_proved));
    add("extra.laboratory", json!(is_lab));
    add("extra.rules", json!(RULES));
    add("extra.first_seen", json!(moment(facts.first_seen)));
    add("extra.host_name", json!(facts.host_name.as_deref()));
    if let Some(tested) = &facts.tested {
        add("extra.depth", json!(tested.depth.as_str()));
        add("extra.forms_answered", json!(tested.answered));
        add("extra.forms_accepted", json!(tested.accepted));
    }
    if let Some(returned) = &facts.returned {
        add("extra.returned_at", json!(moment(returned.at)));
        add("extra.returned_from", json!(returned.from.to_string()));
    }
    if !facts.listings.is_empty() {
        let listings = facts.listings.iter().map(|listing| {
            json!({
                "by": listing.by,
                "on": listing.on.map(|day| day.to_string()),
                "since": listing.since.map(|day| day.to_string()),
                "code": listing.code,
            })
        });
        add("extra.listed", listings.collect());
    }
    Some(event)
}

/// Taxonomy, type and identifier. The identifiers of what is proved are those that IntelMQ's own
/// parsers of other feeds give; all others share no word with them.
fn classified(probed: Probed, kind: Kind, is_lab: bool) -> (&'static str, &'static str, String) {
    if kind == Kind::Confirmed && !is_lab {
        let identifier = match probed {
            Probed::Relay => "openrelay",
            Probed::Proxy { protocol } => match protocol {
                ProxyProtocol::HttpConnect | ProxyProtocol::HttpForward => "open-http-proxy",
                ProxyProtocol::Socks4 | ProxyProtocol::Socks4a | ProxyProtocol::Socks5 => {
                    "open-socks"
                }
                ProxyProtocol::Gateway => "openproxy",
            },
        };
        return ("vulnerable", "vulnerable-system", identifier.to_owned());
    }
    let what = match probed {
        Probed::Relay => "mail-server",
        Probed::Proxy { .. } => "forwarder",
    };
    let identifier = format!("{what}-{}", kind.as_str());
    if is_lab {
        ("test", "test", identifier)
    } else {
        ("other", "undetermined", identifier)
    }
}

const fn application(probed: Probed) -> Option<&'static str> {
    match probed {
        Probed::Relay => Some("smtp"),
        Probed::Proxy { protocol } => match protocol {
            ProxyProtocol::HttpConnect | ProxyProtocol::HttpForward => Some("http"),
            ProxyProtocol::Socks4 | ProxyProtocol::Socks4a => Some("socks4"),
            ProxyProtocol::Socks5 => Some("socks5"),
            ProxyProtocol::Gateway => None,
        },
    }
}

fn description(facts: &FindingFacts, kind: Kind, is_lab: bool) -> String {
    let endpoint = facts.endpoint;
    let said = match (kind, facts.probed) {
        (Kind::Confirmed, Probed::Relay) => format!(
            "{endpoint} was an open mail relay when it was tested: a test message for a recipient of \
             our own came back through it."
        ),
        (Kind::Confirmed, Probed::Proxy { .. }) => format!(
            "{endpoint} was an open proxy when it was tested: a test connection to a host of our own \
             came through it."
        ),
        (Kind::Accepted, Probed::Proxy { .. }) => format!(
            "Not proved: {endpoint} brought an answer of a host of our own, and where its connection came out is not known."
        ),
        (Kind::Accepted, Probed::Relay) => {
            format!("Not proved: {endpoint} took a test of ours, and nothing of it has come back.")
        }
        (Kind::Suspected | Kind::Closed | Kind::Inconclusive, _) => format!(
            "Not proved: {endpoint} agreed to what our test asked for, and nothing was sent through it."
        ),
    };
    if is_lab {
        format!("A laboratory's test. {said}")
    } else {
        said
    }
}

/// As IntelMQ writes moments.
fn moment(at: Utc) -> String {
    let zoned = timestamp(at).to_zoned(TimeZone::UTC);
    zoned.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}
