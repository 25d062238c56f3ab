//! `--json`: one object a line for each finding. docs/findings.schema.json has the schema,
//! docs/findings.md explains it.

use host_sim::scenario::Held;
use probe_core::evidence::RelayEvidence;
use serde::Serialize;

use super::{arrival, timestamp};
use crate::cases::{CaseView, JobView, forms};

#[derive(Serialize)]
struct Finding<'a> {
    number: u64,
    address: String,
    port: u16,
    probe: &'static str,
    verdict: &'static str,
    reason: &'static str,
    forms: Vec<Form>,
    proof: Option<Proof>,
    first_seen: String,
    last_seen: String,
    rules: u16,
    depth: &'static str,
    over: bool,
    lab: bool,
    name: Option<&'a str>,
    server: Option<&'static str>,
    listed: Vec<Listed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_expected: Option<bool>,
}

/// What became of test messages.
#[derive(Serialize)]
struct Proof {
    messages: Vec<Message>,
    arrivals: Vec<Arrived>,
}

#[derive(Serialize)]
struct Message {
    form: String,
    outcome: &'static str,
    returned: bool,
    bounced: bool,
}

#[derive(Serialize)]
struct Arrived {
    form: Option<String>,
    what: &'static str,
    at: String,
    from: String,
    helo: String,
    chain: Vec<String>,
}

#[derive(Serialize)]
struct Form {
    id: String,
    sender: &'static str,
    recipient: &'static str,
    reply_code: Option<u16>,
    enhanced_code: Option<String>,
    outcome: &'static str,
}

#[derive(Serialize)]
struct Listed<'a> {
    by: &'a str,
    on: Option<String>,
    since: Option<String>,
    code: Option<&'a str>,
    r#as: Option<&'static str>,
}

/// The finding as one line, with its end, and with what a scenario expects of it.
pub fn line(view: &CaseView, held: Option<&Held>) -> String {
    let job = view.latest();
    let relay = job.relay();
    let finding = Finding {
        number: view.case.number.0,
        address: view.case.target.ip().to_string(),
        port: view.case.target.port(),
        probe: view.case.probe.as_str(),
        verdict: job.verdict.kind.as_str(),
        reason: job.verdict.reason.as_str(),
        forms: relay
            .into_iter()
            .flat_map(RelayEvidence::pairs)
            .map(|line| form(&line))
            .collect(),
        proof: proof(job),
        first_seen: timestamp(view.first_seen()).to_string(),
        last_seen: timestamp(view.last_seen()).to_string(),
        rules: probe_core::verdict::RULES,
        depth: job.depth.as_str(),
        over: job.over,
        lab: job.lab,
        name: view.name().map(|name| name.as_str()),
        server: relay
            .and_then(RelayEvidence::server)
            .map(super::show::server),
        listed: view.case.about.listings.iter().map(listed).collect(),
        expected: held.map(|held| held.expected.to_string()),
        as_expected: held.map(|held| held.as_expected),
    };
    let mut line = serde_json::to_string(&finding).expect("no map, no key that is no text");
    line.push('\n');
    line
}

/// `None` where no message was sent and nothing came.
fn proof(job: &JobView) -> Option<Proof> {
    let evidence = job.relay()?.proof();
    let messages = evidence.deliveries().iter().map(|delivery| Message {
        form: forms::id(delivery.pair.pair()),
        outcome: delivery.fate.as_str(),
        returned: evidence.returned().contains(delivery.pair),
        bounced: evidence.bounced().contains(delivery.pair),
    });
    let arrivals = job.proved.iter().map(|proved| Arrived {
        form: arrival::form(proved.sense),
        what: arrival::word(proved.sense),
        at: timestamp(proved.at).to_string(),
        from: proved.arrival.remote.ip().to_canonical().to_string(),
        helo: proved.arrival.helo.to_string(),
        chain: proved.arrival.chain.lines().map(str::to_owned).collect(),
    });
    let proof = Proof {
        messages: messages.collect(),
        arrivals: arrivals.collect(),
    };
    (!proof.messages.is_empty() || !proof.arrivals.is_empty()).then_some(proof)
}

fn form(line: &probe_core::evidence::PairLine) -> Form {
    let pair = line.pair.pair();
    Form {
        id: forms::id(pair),
        sender: pair.sender.info().template,
        recipient: pair.recipient.info().template,
        reply_code: line.reply.map(|reply| reply.code),
        enhanced_code: line
            .reply
            .and_then(|reply| reply.enhanced)
            .map(|code| format!("{}.{}.{}", code.class, code.subject, code.detail)),
        outcome: line.outcome.as_str(),
    }
}

fn listed(listing: &crate::lists::Listing) -> Listed<'_> {
    Listed {
        by: &listing.by,
        on: listing.on.map(|date| date.to_string()),
        since: listing.since.map(|date| date.to_string()),
        code: listing.code.as_deref(),
        r#as: listing.claim.as_str(),
    }
}
