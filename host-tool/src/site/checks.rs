//! The checks, one by one.

use std::net::IpAddr;

use probe_core::{
    dns::{RecordType, WireName},
    path_check::Path,
};

use super::{
    Check, Kind, Outcome, Site, Sources,
    ask::{Answer, Ask, Record, Visit},
    sink_endpoint,
    spf::{self, Spf},
    way,
};

const NAME_OUR_ADDRESS: &str =
    "name the address that others see, as `addresses = [\"…\"]` under [identity]";

/// What one address, or one step, came to.
struct Part {
    outcome: Outcome,
    came: String,
    next: Option<String>,
}

impl Part {
    fn passed(came: String) -> Self {
        Self {
            outcome: Outcome::Passed,
            came,
            next: None,
        }
    }

    fn failed(came: String, next: String) -> Self {
        Self {
            outcome: Outcome::Failed,
            came,
            next: Some(next),
        }
    }

    fn not_made(came: String, next: &str) -> Self {
        Self {
            outcome: Outcome::NotMade,
            came,
            next: Some(next.to_owned()),
        }
    }

    /// Nobody knows what this question's answer is.
    fn unknown(what: &str, why: &str) -> Self {
        Self::not_made(
            format!("{what}: {why}"),
            "see whether the scope's `resolver` is right, and answers this computer",
        )
    }
}

fn check(kind: Kind, asked: String, parts: Vec<Part>) -> Check {
    let worst = parts.iter().map(|part| part.outcome).max();
    let mut came = Vec::new();
    let mut next: Vec<String> = Vec::new();
    for part in parts {
        came.push(part.came);
        if let Some(advice) = part.next
            && !next.contains(&advice)
        {
            next.push(advice);
        }
    }
    Check {
        kind,
        outcome: worst.unwrap_or(Outcome::Passed),
        asked,
        came: came.join("; "),
        next: (!next.is_empty()).then(|| next.join("; ")),
    }
}

/// Our addresses are not known.
fn without_sources(kind: Kind, asked: String, why: &str) -> Check {
    let part = Part::not_made(why.to_owned(), NAME_OUR_ADDRESS);
    check(kind, asked, vec![part])
}

/// The name in EHLO leads to our address, and our address to it.
pub(super) async fn helo(site: &Site<'_>, ask: &mut impl Ask) -> Check {
    let name = site.identity.helo.as_str();
    let types = site.sources.addresses().iter().copied().map(address_type);
    let types: Vec<&str> = types.map(type_word).collect();
    let asked = |reverse: &str| format!("{name} {}; {reverse} PTR", types.join(", "));
    if let Sources::Unknown(why) = site.sources {
        return without_sources(Kind::Helo, name.to_owned(), why);
    }
    let mut parts = Vec::new();
    let mut reverses = Vec::new();
    for source in site.sources.addresses() {
        let reverse = reverse_name(*source);
        parts.push(forward(name, *source, ask).await);
        parts.push(backward(name, *source, &reverse, ask).await);
        reverses.push(reverse);
    }
    check(Kind::Helo, asked(&reverses.join(", ")), parts)
}

async fn forward(name: &str, source: IpAddr, ask: &mut impl Ask) -> Part {
    let kind = address_type(source);
    let answer = ask.ask(name, kind).await;
    let word = type_word(kind);
    let record = format!("add the record `{name}. {word} {source}`");
    match &answer {
        Answer::Unknown(why) => Part::unknown(&format!("{name} {word}"), why),
        Answer::NoSuchName => Part::failed(format!("there is no name {name}"), record),
        Answer::NoData => Part::failed(format!("{name} has no {word} record"), record),
        Answer::Records(_) => {
            let addresses = answer.addresses();
            let came = format!("{name} is {}", joined(&addresses));
            if addresses.contains(&source) {
                Part::passed(came)
            } else {
                let next = format!("{record}, or name in `helo` what {source} is called");
                Part::failed(format!("{came}, not {source}"), next)
            }
        }
    }
}

async fn backward(name: &str, source: IpAddr, reverse: &str, ask: &mut impl Ask) -> Part {
    let answer = ask.ask(reverse, RecordType::PTR).await;
    let next = format!(
        "have whoever gave you the address {source} set its reverse name: `{reverse}. PTR {name}.`"
    );
    match &answer {
        Answer::Unknown(why) => Part::unknown(&format!("{reverse} PTR"), why),
        Answer::NoSuchName | Answer::NoData => {
            Part::failed(format!("{source} has no reverse name"), next)
        }
        Answer::Records(records) => {
            let names: Vec<&str> = records.iter().filter_map(name_of).collect();
            let came = format!("{source} is called {}", names.join(", "));
            if names.contains(&name) {
                Part::passed(came)
            } else {
                Part::failed(format!("{came}, not {name}"), next)
            }
        }
    }
}

/// Mail to the sink's domain goes to the sink: and the address that it goes to.
pub(super) async fn sink_mx(site: &Site<'_>, ask: &mut impl Ask) -> (Check, Option<IpAddr>) {
    let domain = site.identity.sink_domain.as_str();
    let asked = format!("{domain} MX, and its exchange A, AAAA");
    let expected = match (site.identity.sink_address, site.is_the_sink) {
        (Some(address), _) => vec![address],
        (None, true) => match &site.sources {
            Sources::Unknown(why) => return (without_sources(Kind::SinkMx, asked, why), None),
            known => known.addresses().to_vec(),
        },
        // Wherever it leads to: the path check tells whether that is ours.
        (None, false) => Vec::new(),
    };
    let shown = match expected.first() {
        Some(address) => format!(" with the address {address}"),
        None => String::new(),
    };
    let add = format!("add the record `{domain}. MX 10` with the name of a host{shown}");
    let answer = ask.ask(domain, RecordType::MX).await;
    let (part, address) = match &answer {
        Answer::Unknown(why) => (Part::unknown(&format!("{domain} MX"), why), None),
        Answer::NoSuchName => (
            Part::failed(format!("there is no name {domain}"), add),
            None,
        ),
        Answer::NoData => (
            Part::failed(format!("{domain} has no MX record"), add),
            None,
        ),
        Answer::Records(records) => {
            let best = exchanges(records);
            if best.iter().any(|name| name.is_empty()) {
                let came = format!("{domain} says that it takes no mail (null MX)");
                (Part::failed(came, add), None)
            } else {
                lead(domain, &best, &expected, ask).await
            }
        }
    };
    (check(Kind::SinkMx, asked, vec![part]), address)
}

/// Whether each of the best exchanges has an expected address.
async fn lead(
    domain: &str,
    exchanges: &[&str],
    expected: &[IpAddr],
    ask: &mut impl Ask,
) -> (Part, Option<IpAddr>) {
    let mut first = None;
    let mut came = Vec::new();
    for exchange in exchanges {
        let mut addresses = Vec::new();
        for kind in [RecordType::A, RecordType::AAAA] {
            let answer = ask.ask(exchange, kind).await;
            if let Answer::Unknown(why) = &answer {
                let what = format!("{exchange} {}", type_word(kind));
                return (Part::unknown(&what, why), None);
            }
            addresses.extend(answer.addresses());
        }
        let leads = match expected {
            [] => !addresses.is_empty(),
            expected => addresses.iter().any(|address| expected.contains(address)),
        };
        if !leads {
            let is = match addresses.as_slice() {
                [] => format!("{domain} has the MX {exchange}, which has no address"),
                addresses => {
                    format!(
                        "{domain} has the MX {exchange}, which is {}",
                        joined(addresses)
                    )
                }
            };
            let not = match expected {
                [] => String::new(),
                expected => format!(", not {}", joined(expected)),
            };
            let next = match expected.first() {
                Some(address) => format!(
                    "add the record `{exchange}. {} {address}`, or correct `sink_address`",
                    type_word(address_type(*address))
                ),
                None => format!("give {exchange} the sink's address"),
            };
            return (Part::failed(format!("{is}{not}"), next), None);
        }
        first = first.or(addresses.first().copied());
        came.push(format!("{exchange}, which is {}", joined(&addresses)));
    }
    let came = format!("{domain} has the MX {}", came.join("; "));
    (Part::passed(came), first)
}

/// The sender's domain lets each of our addresses send.
pub(super) async fn sender_spf(site: &Site<'_>, ask: &mut impl Ask) -> Check {
    let domain = site.identity.sender_domain.as_str();
    let asked = |of: &str| format!("{domain} TXT (SPF), for {of}");
    if let Sources::Unknown(why) = site.sources {
        return without_sources(Kind::SenderSpf, asked("our address"), why);
    }
    let mut parts = Vec::new();
    for source in site.sources.addresses() {
        let found = spf::evaluate(ask, domain, *source).await;
        parts.push(allowed(domain, *source, found));
    }
    let of = joined(site.sources.addresses());
    check(Kind::SenderSpf, asked(&of), parts)
}

fn allowed(domain: &str, source: IpAddr, found: Spf) -> Part {
    let mechanism = if source.is_ipv4() { "ip4" } else { "ip6" };
    let term = format!("{mechanism}:{source}");
    match found {
        Spf::Pass(by) => Part::passed(format!("pass for {source}, by {by}")),
        Spf::NotPass(word, by) => Part::failed(
            format!("{word} for {source}: {by}"),
            format!("put `{term}` into the SPF record of {domain}, before `all`"),
        ),
        Spf::None => Part::failed(
            format!("{domain} has no SPF record"),
            format!("add the record `{domain}. TXT \"v=spf1 {term} -all\"`"),
        ),
        Spf::PermError(why) => Part::failed(
            format!("permerror: {why}"),
            format!("correct it: `v=spf1 {term} -all` is enough"),
        ),
        Spf::TempError(why) => Part::unknown("temperror", &why),
        Spf::NotEvaluated(why) => Part::not_made(
            why,
            &format!("put `{term}` before that term, and the rest does not matter"),
        ),
    }
}

/// The sink can be reached, and it is ours.
pub(super) async fn sink_path(site: &Site<'_>, ask: &mut impl Ask, sink: Option<IpAddr>) -> Check {
    let domain = site.identity.sink_domain.as_str();
    if site.is_the_sink {
        return Check {
            kind: Kind::SinkPath,
            outcome: Outcome::NotNeeded,
            asked: "nothing".to_owned(),
            came: "whoever probes is the sink (`sink_ports`): it is there while it is on"
                .to_owned(),
            next: None,
        };
    }
    let Some(address) = sink else {
        let part = Part::not_made(
            format!("where the sink of {domain} is, is not known"),
            "name it as `sink_address` under [identity], or give its domain an MX record",
        );
        return check(Kind::SinkPath, "nothing".to_owned(), vec![part]);
    };
    let sink = sink_endpoint(address);
    let asked = format!("a connection to {sink}, its greeting, EHLO");
    let part = match ask.visit(sink).await {
        Ok(visit) => reached(&visit, sink),
        Err(why) => Part::not_made(
            why,
            "name the key that the sink has with --key, or the store that it comes from with --store",
        ),
    };
    check(Kind::SinkPath, asked, vec![part])
}

fn reached(visit: &Visit, sink: std::net::SocketAddr) -> Part {
    let outcome = match visit.path {
        Path::Open { .. } => Outcome::Passed,
        Path::NotAsked => Outcome::NotMade,
        _ => Outcome::Failed,
    };
    let mut came = way::found(visit.path);
    if !visit.greeting.is_empty() {
        came = format!("{came}: {}", visit.greeting);
    }
    Part {
        outcome,
        came,
        next: way::next(visit.path, sink),
    }
}

/// The exchanges that are tried first (RFC 5321, 5.1).
fn exchanges(records: &[Record]) -> Vec<&str> {
    let all = records.iter().filter_map(|record| match record {
        Record::Exchange(preference, name) => Some((*preference, name.as_str())),
        _ => None,
    });
    let all: Vec<(u16, &str)> = all.collect();
    let best = all.iter().map(|(preference, _)| *preference).min();
    all.into_iter()
        .filter(|(preference, _)| Some(*preference) == best)
        .map(|(_, name)| name)
        .collect()
}

fn name_of(record: &Record) -> Option<&str> {
    match record {
        Record::Name(name) => Some(name),
        _ => None,
    }
}

const fn address_type(address: IpAddr) -> RecordType {
    match address {
        IpAddr::V4(_) => RecordType::A,
        IpAddr::V6(_) => RecordType::AAAA,
    }
}

fn type_word(kind: RecordType) -> &'static str {
    if kind == RecordType::AAAA {
        "AAAA"
    } else {
        "A"
    }
}

/// The name whose PTR record tells what an address is called.
fn reverse_name(address: IpAddr) -> String {
    let name = WireName::reverse(address).expect("every address has a reverse name");
    let labels = name.view().labels().map(crate::output::escaped);
    labels.collect::<Vec<String>>().join(".")
}

fn joined(addresses: &[IpAddr]) -> String {
    let words: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
    words.join(", ")
}
