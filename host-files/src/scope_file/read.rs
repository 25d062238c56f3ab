//! From TOML to [`Scope`], field by field.

use std::net::IpAddr;

use jiff::Timestamp;
use probe_core::{
    finding::Probe,
    name::Name,
    scope::{
        Authority, AuthorityKind, Delivery, Depth, DnsblScope, EXCLUSIONS_MAX, Identity,
        NETWORKS_MAX, Network, NetworkError, PORTS_MAX, ProxyScope, Rates, Scope, Text,
    },
    time::Utc,
};
use toml::de::DeValue;

use super::{ScopeFile, dnsbl, fields::Sections, narrowed, proxy};
use crate::{
    problem::{Place, Problems},
    table::{Reader, Section, moment, number, text, yes},
};

const TOP: [&str; 16] = [
    "contact",
    "abuse_page",
    "issued",
    "expires",
    "networks",
    "exclusions",
    "ports",
    "probes",
    "depth",
    "delivery",
    "delivery_also",
    "sink_ports",
    "lab",
    "powered_minutes_max",
    "authority",
    "identity",
];
const AUTHORITY: [&str; 2] = ["kind", "reference"];
const IDENTITY: [&str; 6] = [
    "helo",
    "sender_domain",
    "sink_domain",
    "sink_address",
    "resolver",
    "addresses",
];
/// The fields of a table of rates.
pub(super) const RATES: [&str; 6] = [
    "target_refusals_max",
    "target_connections_max",
    "network_connections_max",
    "network_spacing_ms",
    "connections_per_second_max",
    "parked_hours_max",
];

pub(super) const NETWORK: &str = "a network such as \"192.0.2.0/24\" or an address";
const NAME: &str = "a domain name of ours, such as \"probe.cert.example\"";

/// Reads `source`, or tells everything that is wrong with it.
pub(super) fn parse(source: &str, place: &Place, now: Timestamp) -> Result<ScopeFile, Problems> {
    let mut reader = Reader::new(source, place.clone(), "contact = \"noc@example.org\"");
    let Some(table) = reader.parse() else {
        return reader.or(None);
    };
    let mut known = TOP.to_vec();
    known.extend(["rates", "proxy", "dnsbl"]);
    let top = reader.top(table.get_ref(), &known);
    let authority = reader.section(&top, "authority", &AUTHORITY);
    let identity = reader.section(&top, "identity", &IDENTITY);
    let mut known_rates = RATES.to_vec();
    known_rates.push(dnsbl::SPACING);
    let rates = reader.section(&top, "rates", &known_rates);
    let proxy = reader.section(&top, "proxy", &proxy::FIELDS);

    let depth = depth(&mut reader, &top);
    let scope = scope(&mut reader, &top, &authority, &identity, &rates, depth, now);
    let probes = probes(&mut reader, &top);
    let addresses = addresses(&mut reader, &identity);
    let ends = scope
        .as_ref()
        .map(|scope| (scope.identity.sink_address, &scope.sink_ports[..]));
    let (sink_address, sink_ports) = ends.unwrap_or_default();
    let proxies = proxy::read(&mut reader, &proxy, sink_address, sink_ports);
    let spacing_ms = dnsbl::spacing_ms(&mut reader, &rates);
    let lists = if probes.contains(&Probe::Dnsbl) && !top.has("dnsbl") {
        reader.wrong(
            &top,
            "probes",
            "has \"dnsbl\", and no list is named",
            "a table such as `[[dnsbl]]` with `zone = \"dnsbl.dronebl.org\"`",
        );
        None
    } else {
        dnsbl::read(&mut reader, &top)
    };
    let file = scope.zip(lists).map(|(mut scope, (zones, lists))| {
        scope.proxy = proxies.unwrap_or_default();
        scope.dnsbl = DnsblScope { zones, spacing_ms };
        ScopeFile {
            scope: narrowed(scope, &probes),
            probes,
            addresses,
            lists,
        }
    });

    let sections = Sections {
        top: &top,
        authority: &authority,
        identity: &identity,
        rates: &rates,
        proxy: &proxy,
    };
    if let Some(file) = &file
        && let Err(error) = file.scope.check()
    {
        sections.tell(&mut reader, error);
    }
    reader.or(file)
}

/// Reads the few fields of a scope that a file of another kind may hold: what `section` and its
/// `rates` name replaces what `base` says.
pub(super) fn parts<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'t>,
    rates: &Section<'t>,
    base: Scope,
) -> Option<Scope> {
    let mut scope = base;
    if section.has("networks") {
        scope.networks = networks::<NETWORKS_MAX>(reader, section, "networks", true)?;
    }
    if section.has("exclusions") {
        scope.exclusions = networks::<EXCLUSIONS_MAX>(reader, section, "exclusions", false)?;
    }
    if section.has("ports") {
        scope.ports = probed_ports(reader, section)?;
    }
    scope.rates = self::rates(reader, rates, scope.depth);
    let sections = Sections {
        top: section,
        authority: section,
        identity: section,
        rates,
        proxy: section,
    };
    match scope.check() {
        Ok(()) => Some(scope),
        Err(error) => {
            sections.tell(reader, error);
            None
        }
    }
}

fn scope<'t>(
    reader: &mut Reader<'t>,
    top: &Section<'t>,
    authority: &Section<'t>,
    identity: &Section<'t>,
    rates: &Section<'t>,
    depth: Depth,
    now: Timestamp,
) -> Option<Scope> {
    // Every field is read before the first `?`, so that all that is wrong is told.
    let authority = self::authority(reader, authority);
    let contact = bounded(
        reader,
        top,
        "contact",
        "a mailbox that is read, such as \"noc@cert.example\"",
    );
    let abuse_page = bounded(
        reader,
        top,
        "abuse_page",
        "a page that says who probes and how to stop it, such as \"https://cert.example/probes\"",
    );
    let identity = self::identity(reader, identity);
    let inside = networks::<NETWORKS_MAX>(reader, top, "networks", true);
    let outside = networks::<EXCLUSIONS_MAX>(reader, top, "exclusions", false);
    let ports = probed_ports(reader, top);
    let sink_ports = self::ports(reader, top, "sink_ports", &[]);
    let delivery = delivery(reader, top);
    let rates = self::rates(reader, rates, depth);
    let dates = dates(reader, top, now);
    let lab = reader
        .optional(top, "lab", "true or false", yes)
        .unwrap_or(false);
    let powered = reader.optional(
        top,
        "powered_minutes_max",
        "a number of minutes, 1 or more",
        |value| number(value).and_then(|it| u32::try_from(it).ok()),
    );

    let (issued, expires) = dates?;
    Some(Scope {
        authority: authority?,
        contact: contact?,
        abuse_page: abuse_page?,
        identity: identity?,
        networks: inside?,
        exclusions: outside?,
        ports: ports?,
        depth,
        rates,
        issued,
        expires,
        powered_minutes_max: powered.unwrap_or_else(|| minutes_between(issued, expires)),
        lab,
        delivery,
        sink_ports: sink_ports?,
        proxy: ProxyScope::default(),
        dnsbl: DnsblScope::default(),
    })
}

fn probed_ports<'t>(
    reader: &mut Reader<'t>,
    top: &Section<'t>,
) -> Option<heapless::Vec<u16, PORTS_MAX, u8>> {
    ports(reader, top, "ports", &[crate::lists::PORT_DEFAULT])
}

fn authority<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Authority> {
    let kind = reader.required(
        section,
        "kind",
        "\"consent\" of the owner, or \"mandate\" by law or order",
        |value| match text(value)?.as_str() {
            "consent" => Some(AuthorityKind::Consent),
            "mandate" => Some(AuthorityKind::Mandate),
            _ => None,
        },
    );
    let reference = bounded(
        reader,
        section,
        "reference",
        "the document that allows it, such as \"contract 2026/17, annex B\"",
    );
    Some(Authority {
        kind: kind?,
        reference: reference?,
    })
}

fn identity<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Identity> {
    let mut name =
        |field| reader.required(section, field, NAME, |value| Name::new(&text(value)?).ok());
    let (helo, sender_domain, sink_domain) =
        (name("helo"), name("sender_domain"), name("sink_domain"));
    let mut address = |field| {
        reader.optional(
            section,
            field,
            "an address such as \"192.0.2.25\"",
            |value| text(value)?.parse::<IpAddr>().ok(),
        )
    };
    let (sink_address, resolver) = (address("sink_address"), address("resolver"));
    Some(Identity {
        helo: helo?,
        sender_domain: sender_domain?,
        sink_domain: sink_domain?,
        sink_address,
        resolver,
    })
}

/// A text of at most [`Text`]'s length.
fn bounded<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'t>,
    field: &str,
    expected: &str,
) -> Option<Text> {
    let all = reader.required(section, field, expected, |value| {
        text(value).filter(|it| !it.chars().any(char::is_control))
    })?;
    match Text::try_from(all.as_str()) {
        Ok(text) => Some(text),
        Err(_) => {
            let most = Text::new().capacity();
            reader.wrong(
                section,
                field,
                format_args!("has {} octets", all.len()),
                &format!("at most {most} octets"),
            );
            None
        }
    }
}

fn networks<'t, const MAX: usize>(
    reader: &mut Reader<'t>,
    top: &Section<'t>,
    field: &str,
    required: bool,
) -> Option<heapless::Vec<Network, MAX, u8>> {
    if required && !top.has(field) {
        return reader.required(top, field, "the networks that may be probed", |_| None);
    }
    let all = if top.has(field) {
        reader.list(top, field, NETWORK, |value| match value {
            DeValue::String(text) => network(text.trim()),
            _ => Err("something that is no text".to_owned()),
        })?
    } else {
        Vec::new()
    };
    if required && all.is_empty() {
        reader.wrong(top, field, "names no network", "at least one network");
        return None;
    }
    let mut kept = heapless::Vec::new();
    for network in &all {
        if kept.push(*network).is_err() {
            let expected = format!("at most {MAX}");
            reader.wrong(
                top,
                field,
                format_args!("has {} entries", all.len()),
                &expected,
            );
            return None;
        }
    }
    Some(kept)
}

/// Reads `192.0.2.0/24` or an address alone.
pub(super) fn network(text: &str) -> Result<Network, String> {
    let (address, prefix) = text
        .split_once('/')
        .map_or((text, None), |(a, p)| (a, Some(p)));
    let no_network = || format!("{text:?} is no network");
    let address: IpAddr = address.parse().map_err(|_| no_network())?;
    let Some(prefix) = prefix else {
        return Ok(Network::single(address));
    };
    let prefix: u8 = prefix.parse().map_err(|_| no_network())?;
    Network::new(address, prefix).map_err(|error| match error {
        NetworkError::Prefix => format!("{text:?} has too long a prefix"),
        NetworkError::HostBits(meant) => format!(
            "{text:?} has bits behind its prefix (\"{}/{}\" has none)",
            meant.address, meant.prefix
        ),
    })
}

/// A list of ports, `default` where the file has none.
pub(super) fn ports<'t, const MAX: usize>(
    reader: &mut Reader<'t>,
    top: &Section<'t>,
    field: &str,
    default: &[u16],
) -> Option<heapless::Vec<u16, MAX, u8>> {
    let expected = "a port from 1 to 65535";
    let all = if top.has(field) {
        reader.list(top, field, expected, |value| {
            number(value)
                .and_then(|port| u16::try_from(port).ok())
                .filter(|port| *port > 0)
                .ok_or_else(|| "no port".to_owned())
        })?
    } else {
        default.to_vec()
    };
    let mut kept = heapless::Vec::new();
    for port in &all {
        if !kept.contains(port) && kept.push(*port).is_err() {
            let expected = format!("at most {MAX}");
            reader.wrong(
                top,
                field,
                format_args!("has {} entries", all.len()),
                &expected,
            );
            return None;
        }
    }
    Some(kept)
}

fn probes<'t>(reader: &mut Reader<'t>, top: &Section<'t>) -> Vec<Probe> {
    if !top.has("probes") {
        return vec![Probe::Relay];
    }
    let expected = "\"relay\", \"proxy\" or \"dnsbl\"";
    let probes = reader.list(top, "probes", expected, |value| match value {
        DeValue::String(text) => {
            crate::words::probe(text).ok_or_else(|| format!("{:?} is no probe", &text[..]))
        }
        _ => Err("something that is no text".to_owned()),
    });
    match probes {
        Some(probes) if probes.is_empty() => {
            reader.wrong(top, "probes", "is empty", expected);
            vec![Probe::Relay]
        }
        Some(probes) => probes,
        // What is wrong was told; what depends on it is not told as well.
        None => vec![Probe::Relay],
    }
}

/// Our own addresses, as others see them; none goes without saying.
fn addresses<'t>(reader: &mut Reader<'t>, identity: &Section<'t>) -> Vec<IpAddr> {
    if !identity.has("addresses") {
        return Vec::new();
    }
    let expected = "an address that probes come from, such as \"192.0.2.10\"";
    let addresses = reader.list(identity, "addresses", expected, |value| match value {
        DeValue::String(text) => {
            let address = text.trim().parse::<IpAddr>();
            address.map_err(|_| format!("{:?} is no address", &text[..]))
        }
        _ => Err("something that is no text".to_owned()),
    });
    addresses.unwrap_or_default()
}

/// The depth that a file names, or else the one that goes without saying.
pub(super) fn depth<'t>(reader: &mut Reader<'t>, top: &Section<'t>) -> Depth {
    reader
        .optional(
            top,
            "depth",
            "\"quick\", \"standard\" or \"full\"",
            |value| {
                let word = text(value)?;
                [Depth::Quick, Depth::Standard, Depth::Full]
                    .into_iter()
                    .find(|depth| depth.as_str() == word)
            },
        )
        .unwrap_or_default()
}

/// See [`super::delivery`].
pub(super) fn delivery<'t>(reader: &mut Reader<'t>, top: &Section<'t>) -> Delivery {
    const ALSO: &str = "\"forged-senders\" (under the target's own names, as far as the list has them: a bounce goes to its users) or \"second-recipients\" (its postmaster gets the message too)";
    let allowed = reader.optional(
        top,
        "delivery",
        "\"off\", or \"on\": test messages may be sent to our own sink",
        |value| match text(value)?.as_str() {
            "off" => Some(false),
            "on" => Some(true),
            _ => None,
        },
    );
    let mut delivery = Delivery {
        allowed: allowed.unwrap_or(false),
        ..Delivery::default()
    };
    if !top.has("delivery_also") {
        return delivery;
    }
    let also = reader.list(top, "delivery_also", ALSO, |value| match value {
        DeValue::String(text) => match &text[..] {
            word @ ("forged-senders" | "second-recipients") => Ok(word == "forged-senders"),
            other => Err(format!("{other:?} is no permission")),
        },
        _ => Err("something that is no text".to_owned()),
    });
    for forged in also.unwrap_or_default() {
        delivery.forged_senders |= forged;
        delivery.second_recipients |= !forged;
    }
    delivery
}

fn rates<'t>(reader: &mut Reader<'t>, section: &Section<'t>, depth: Depth) -> Rates {
    let mut rates = Rates::default_for(depth);
    let ceiling = Rates::CEILING;
    let mut limit = |field: &str, least: u64, most: u64| {
        let expected = format!("a number from {least} to {most}");
        reader.optional(section, field, &expected, |value| {
            number(value).filter(|it| (least..=most).contains(it))
        })
    };
    let narrow = |most: u8| u64::from(most);
    if let Some(value) = limit(
        "target_refusals_max",
        1,
        narrow(ceiling.target_refusals_max),
    ) {
        rates.target_refusals_max = value as u8;
    }
    if let Some(value) = limit(
        "target_connections_max",
        1,
        narrow(ceiling.target_connections_max),
    ) {
        rates.target_connections_max = value as u8;
    }
    if let Some(value) = limit(
        "network_connections_max",
        1,
        narrow(ceiling.network_connections_max),
    ) {
        rates.network_connections_max = value as u8;
    }
    if let Some(value) = limit(
        "network_spacing_ms",
        0,
        u64::from(probe_core::scope::NETWORK_SPACING_MS_MAX),
    ) {
        rates.network_spacing_ms = value as u32;
    }
    if let Some(value) = limit(
        "connections_per_second_max",
        1,
        u64::from(ceiling.connections_per_second_max),
    ) {
        rates.connections_per_second_max = value as u16;
    }
    if let Some(value) = limit("parked_hours_max", 0, narrow(ceiling.parked_hours_max)) {
        rates.parked_hours_max = value as u8;
    }
    rates
}

/// When it was issued and when it ends, if it is in force at `now`.
fn dates<'t>(reader: &mut Reader<'t>, top: &Section<'t>, now: Timestamp) -> Option<(Utc, Utc)> {
    const DATE: &str = "a date such as 2026-11-20 or 2026-11-20T12:00:00Z";
    let issued = reader.required(top, "issued", DATE, moment);
    let expires = reader.required(top, "expires", DATE, moment);
    let (issued, expires) = (issued?, expires?);
    if issued > now {
        reader.wrong(
            top,
            "issued",
            format_args!("is {issued}, still to come"),
            "a date that has come",
        );
    }
    if expires <= issued {
        reader.wrong(top, "expires", "is not after `issued`", "a later date");
    } else if expires <= now {
        reader.wrong(
            top,
            "expires",
            format_args!("was {expires}: the scope has expired"),
            "a date to come: ask whoever issued the scope for a new one",
        );
    }
    Some((utc(issued)?, utc(expires)?))
}

fn utc(moment: Timestamp) -> Option<Utc> {
    u64::try_from(moment.as_second()).ok().map(Utc)
}

fn minutes_between(issued: Utc, expires: Utc) -> u32 {
    let minutes = expires.0.saturating_sub(issued.0).div_ceil(60);
    u32::try_from(minutes).unwrap_or(u32::MAX)
}
