//! Asks a resolver as an appliance does, over this computer's own sockets, for whoever holds the core's
//! lookups against servers of others: `ask-resolver ADDRESS`, with a question on each line of the
//! input: `name TYPE NAME`, `reverse ADDRESS`, or `listed TYPE ADDRESS ZONE`; types are numbers.
//!
//! Each question has a line of output: the outcome, for how many seconds it holds, how many aliases,
//! datagrams sent, datagrams ignored, `udp` or `tcp`, `whole` or `cut`, and the records' data as
//! hexadecimal octets, without pointers.
//!
//! `judged ADDRESS ZONE` asks a block list about an address as a job does, its health first: verdict,
//! reason, and what was found out, see [`lists`].

mod lists;

use std::{
    cell::RefCell,
    env,
    error::Error,
    fmt::Write as _,
    io::{self, BufRead as _},
    net::{IpAddr, Ipv4Addr},
};

use firmware::{
    bell::Bell,
    conversation::Scratch,
    env::Buffers,
    lookup::{LookupMemory, ask},
};
use host_tool::{
    direct::{DirectEnv, Sources},
    problem::Place,
    scope_file,
};
use jiff::Timestamp;
use probe_core::{
    dns::{Data, NameView, Outcome, Question, RecordType, Report, ResponseCode, WireName},
    dnsbl::Zone,
    finding::DeviceId,
    frame::{FRAME_OCTETS_MAX, ScanId},
    host_link::{HostLink, Line},
    name::Name,
    prober::Prober,
    scope::Scope,
    suspect::Suspect,
    time::Instant,
};

fn main() -> Result<(), Box<dyn Error>> {
    let resolver = env::args().nth(1).and_then(|word| word.parse().ok());
    let resolver = resolver.ok_or("expected the address of a resolver: ask-resolver 127.0.0.53")?;
    let prober = RefCell::new(probing(&scope(resolver)?)?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let _inside = runtime.enter();
    let env = DirectEnv::new(&prober, Sources::default())?;
    let (bell, mut buffers, scratch) = (Bell::new(), Buffers::new(), Scratch::new());
    let mut memory = LookupMemory::new();
    for line in io::stdin().lock().lines() {
        let line = line?;
        if let Some(words) = line.strip_prefix("judged ") {
            let asked = listing(words).ok_or_else(|| format!("no listing: {line}"))?;
            let judging = lists::judged(&env, &prober, &bell, &mut buffers, asked);
            println!("{}", runtime.block_on(judging).ok_or("not admitted")?);
            continue;
        }
        let question = question(&line)?;
        let asking = ask(
            &env,
            &prober,
            &bell,
            question,
            &mut buffers,
            &mut memory,
            &scratch,
        );
        let report = runtime.block_on(asking);
        println!("{}", told(&report.ok_or("the scan is over")?));
    }
    Ok(())
}

fn listing(words: &str) -> Option<(IpAddr, Zone)> {
    let (address, zone) = words.split_once(' ')?;
    Some((address.parse().ok()?, lists::zone(zone)?))
}

fn question(line: &str) -> Result<Question, String> {
    asked(line).ok_or_else(|| format!("no question: {line}"))
}

fn asked(line: &str) -> Option<Question> {
    let (word, rest) = line.split_once(' ')?;
    if word == "reverse" {
        let name = WireName::reverse(rest.parse().ok()?).ok()?;
        let kind = RecordType::PTR;
        return Some(Question { name, kind });
    }
    let (kind, rest) = rest.split_once(' ')?;
    let name = match word {
        "name" => WireName::new(rest).ok()?,
        "listed" => {
            let (address, zone) = rest.split_once(' ')?;
            WireName::listed(address.parse().ok()?, &Name::new(zone).ok()?).ok()?
        }
        _ => return None,
    };
    let kind = RecordType(kind.parse().ok()?);
    Some(Question { name, kind })
}

/// A scope that names the resolver. Nothing is probed.
fn scope(resolver: IpAddr) -> Result<Scope, Box<dyn Error>> {
    let text = format!("{SCOPE}resolver = \"{resolver}\"\n");
    let place = Place::named("the scope of this example");
    let read = scope_file::parse(&text, &place, Timestamp::UNIX_EPOCH);
    let mut scope = read.map_err(|problems| problems.to_string())?.scope;
    // Some list, so that addresses are admitted for being looked up.
    scope.dnsbl.zones.extend(lists::zone("bl.example"));
    Ok(scope)
}

const SCOPE: &str = r#"
contact = "probe@example.org"
abuse_page = "https://example.org/probe"
issued = 1970-01-01
expires = 1970-01-02
networks = ["192.0.2.0/24", "2001:db8::/32"]
ports = [25]
probes = ["relay"]
depth = "quick"
[authority]
kind = "consent"
reference = "a test of lookups"
[identity]
helo = "probe.example.org"
sender_domain = "example.org"
sink_domain = "sink.example.org"
"#;

/// A prober with this scope in force, told so over its link. Its scan waits for workers that never come.
fn probing(scope: &Scope) -> Result<Prober, String> {
    const NOW: Instant = Instant::BOOT;
    let mut prober = Prober::new(DeviceId::default(), 1);
    let mut host = HostLink::new();
    host.connected(NOW, scope.issued);
    host.start(NOW, ScanId(1), scope, host_sim::host::PROVING)
        .map_err(|error| format!("{error:?}"))?;
    let suspect = |_| {
        Some(Line::from(Suspect {
            address: Ipv4Addr::new(192, 0, 2, 25).into(),
            port: 25,
            names: Default::default(),
        }))
    };
    let mut frame = [0; FRAME_OCTETS_MAX];
    let mut spoken = true;
    while spoken {
        spoken = false;
        while let Some(count) = host.link_transmit(NOW, suspect, &mut frame) {
            prober.link_received(NOW, &frame[..count]);
            spoken = true;
        }
        while let Some(count) = prober.link_transmit(NOW, &mut frame) {
            let mut octets = &frame[..count];
            while host.received(NOW, &mut octets).is_some() {}
            spoken = true;
        }
    }
    match prober.scope() {
        Some(_) => Ok(prober),
        None => Err(format!(
            "the scope was not taken: {:?}",
            host.scope_answer()
        )),
    }
}

fn told(report: &Report) -> String {
    let mut line = format!(
        "{} {} {} {} {} {} {}",
        outcome(report.outcome),
        report.ttl_s,
        report.aliases,
        report.tries,
        report.ignored,
        if report.streamed { "tcp" } else { "udp" },
        if report.answers.is_cut() {
            "cut"
        } else {
            "whole"
        },
    );
    for data in report.answers.iter() {
        line.push(' ');
        for octet in octets(&data) {
            write!(line, "{octet:02x}").expect("strings take everything");
        }
    }
    line
}

fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Answers => "answers".to_owned(),
        Outcome::NoSuchName => "no-such-name".to_owned(),
        Outcome::NoData => "no-data".to_owned(),
        Outcome::Referral => "referral".to_owned(),
        Outcome::Refused => "refused".to_owned(),
        Outcome::Failed(ResponseCode::ServerFailure) => "server-failure".to_owned(),
        Outcome::Failed(code) => format!("failed:{code:?}"),
        Outcome::Malformed(why) => format!("malformed:{why:?}"),
        Outcome::NoAnswer => "no-answer".to_owned(),
        Outcome::NotAsked(why) => format!("not-asked:{why:?}"),
    }
}

fn octets(data: &Data<'_>) -> Vec<u8> {
    match *data {
        Data::A(address) => address.octets().to_vec(),
        Data::Aaaa(address) => address.octets().to_vec(),
        Data::Ptr(name) | Data::Cname(name) => wire(name),
        Data::Mx {
            preference,
            exchange,
        } => [preference.to_be_bytes().to_vec(), wire(exchange)].concat(),
        Data::Txt(strings) => strings.iter().flat_map(counted).collect(),
        Data::Soa { minimum_s } => minimum_s.to_be_bytes().to_vec(),
        Data::Unknown(octets) => octets.to_vec(),
    }
}

fn wire(name: NameView<'_>) -> Vec<u8> {
    let mut octets: Vec<u8> = name.labels().flat_map(counted).collect();
    octets.push(0);
    octets
}

/// Behind its length.
fn counted(string: &[u8]) -> impl Iterator<Item = u8> {
    let length = u8::try_from(string.len()).expect("no label and no string is longer");
    [length].into_iter().chain(string.iter().copied())
}
