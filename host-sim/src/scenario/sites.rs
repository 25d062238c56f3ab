//! Who is where: the tables `[[peer]]`, `[[closed]]`, `[[dead]]` and `[[target]]`.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use host_files::{
    lists::{About, Entry, PORT_DEFAULT},
    problem::nearest,
    table::{Reader, Section, number, text},
};
use probe_core::name::Name;
use toml::de::DeValue;

use super::{
    Expectation, Expected, SCENARIO_ADDRESSES_MAX, There,
    addresses::{self, ADDRESSES},
};
use crate::{
    peers::Personality,
    world::{DeviceNet, Site},
};

const PEER: [&str; 6] = [
    "personality",
    "address",
    "port",
    "host",
    "domains",
    "expected",
];
const CLOSED: [&str; 3] = ["address", "port", "expected"];
const DEAD: [&str; 4] = ["address", "port", "answer", "expected"];
const TARGET: [&str; 5] = ["address", "port", "host", "domains", "expected"];

/// What dead addresses answer.
const ANSWERS: [&str; 2] = ["nothing", "unreachable"];
/// The domain of peers that the file gives no name.
const DOMAIN: &str = "scenario.example";

/// Everything that a scenario says about addresses.
#[derive(Default)]
pub(super) struct Sites {
    places: BTreeMap<SocketAddr, Site>,
    expectations: BTreeMap<SocketAddr, Expectation>,
    /// In the order in which they are asked for.
    suspects: Vec<Entry>,
    /// Where each address was named first.
    lines: BTreeMap<SocketAddr, Option<u64>>,
    named: usize,
}

impl Sites {
    /// Reads the tables of the world. Everything in it is suspected.
    pub(super) fn read<'t>(reader: &mut Reader<'t>, top: &Section<'t>) -> Self {
        let mut sites = Self::default();
        for section in reader.sections(top, "peer", &PEER) {
            sites.peer(reader, &section);
        }
        for section in reader.sections(top, "closed", &CLOSED) {
            let about = About::default();
            sites.stand(
                reader,
                &section,
                Site::ClosedPort,
                There::ClosedPort,
                &about,
            );
        }
        for section in reader.sections(top, "dead", &DEAD) {
            sites.dead(reader, &section);
        }
        sites
    }

    /// Suspects those of a list, instead of everything in the world.
    pub(super) fn suspect_only(&mut self, list: Vec<Entry>) {
        for entry in &list {
            self.expect(entry.endpoint(), None);
        }
        self.suspects = list;
    }

    /// Reads the tables of more suspects, or of more about those that there are.
    pub(super) fn targets<'t>(&mut self, reader: &mut Reader<'t>, top: &Section<'t>) {
        for section in reader.sections(top, "target", &TARGET) {
            let about = about(reader, &section, None);
            let expected = expected(reader, &section);
            for (address, at) in self.endpoints(reader, &section) {
                self.expect(at, expected.clone());
                let known = self.suspects.iter_mut().find(|it| it.endpoint() == at);
                match known {
                    Some(entry) => entry.about.merge(about.clone()),
                    None => self.suspects.push(Entry {
                        place: reader.at(reader.line_of(&section, "address")),
                        address,
                        port: at.port(),
                        about: about.clone(),
                    }),
                }
            }
        }
    }

    /// Who is suspected.
    pub(super) fn suspects(&self) -> Vec<Entry> {
        self.suspects.clone()
    }

    /// Whether the file says that `at` must not be probed.
    pub(super) fn must_be_refused(&self, at: SocketAddr) -> bool {
        let declared = |expectation: &Expectation| {
            let declared = expectation.declared.as_ref();
            declared.is_some_and(Expected::is_refusal)
        };
        self.expectations.get(&at).is_some_and(declared)
    }

    /// What is where, and what is expected of it.
    pub(super) fn into_parts(
        self,
    ) -> (
        BTreeMap<SocketAddr, Site>,
        BTreeMap<SocketAddr, Expectation>,
    ) {
        (self.places, self.expectations)
    }

    fn peer<'t>(&mut self, reader: &mut Reader<'t>, section: &Section<'t>) {
        let expected = "the name of a personality; `host-sim run` lists them";
        let word = reader.required(section, "personality", expected, text);
        let personality = word.and_then(|word| {
            let found = Personality::named(&word);
            if found.is_none() {
                let names: Vec<&str> = Personality::every().map(|it| it.name).collect();
                let next = nearest(&word.to_ascii_lowercase(), &names)
                    .map(|meant| format!("did you mean `{meant}`?"));
                let found = format_args!("is {word:?}: there is no such personality");
                reader.wrong_next(section, "personality", found, expected, next);
            }
            found
        });
        let about = about(reader, section, personality);
        let Some(personality) = personality else {
            // What else is wrong is told all the same.
            self.endpoints(reader, section);
            self::expected(reader, section);
            return;
        };
        let host = about.name.as_ref().map_or("", Name::as_str);
        let domains: Vec<&str> = about.domains.iter().map(Name::as_str).collect();
        let site = Site::Peer(personality.at(host, &domains));
        self.stand(reader, section, site, There::Peer(personality), &about);
    }

    fn dead<'t>(&mut self, reader: &mut Reader<'t>, section: &Section<'t>) {
        let expected = "\"nothing\", or \"unreachable\" where a router says so";
        let word = reader.optional(section, "answer", expected, text);
        let site = match word.as_deref() {
            Some("unreachable") => Site::NoRoute,
            Some("nothing") | None => Site::Silent,
            Some(word) => {
                reader.no_such(section, "answer", word, "answer", &ANSWERS);
                Site::Silent
            }
        };
        self.stand(reader, section, site, There::Nobody, &About::default());
    }

    /// Puts `site` at every address of `section`, and suspects it.
    fn stand<'t>(
        &mut self,
        reader: &mut Reader<'t>,
        section: &Section<'t>,
        site: Site,
        there: There,
        about: &About,
    ) {
        let declared = expected(reader, section);
        let line = reader.line_of(section, "address");
        for (address, at) in self.endpoints(reader, section) {
            if let Some(why) = cannot_stand(at.ip()) {
                reader.wrong(
                    section,
                    "address",
                    format_args!("holds {address}, {why}"),
                    ADDRESSES,
                );
                continue;
            }
            if let Some(first) = self.lines.insert(at, line) {
                let first = first.map_or("before".to_owned(), |line| format!("in line {line}"));
                let found = format_args!("holds {at}, which stands {first} already");
                reader.wrong(section, "address", found, "each address and port once");
                continue;
            }
            self.places.insert(at, site.clone());
            let declared = declared.clone();
            self.expectations
                .insert(at, Expectation { there, declared });
            self.suspects.push(Entry {
                place: reader.at(line),
                address,
                port: at.port(),
                about: about.clone(),
            });
        }
    }

    /// Expects something of an address that is suspected: what is declared, or what is there.
    fn expect(&mut self, at: SocketAddr, declared: Option<Expected>) {
        if let Some(expectation) = self.expectations.get_mut(&at) {
            expectation.declared = declared.or(expectation.declared.take());
            return;
        }
        let is_host = |site: &Site| matches!(site, Site::Peer(_) | Site::ClosedPort);
        let there = if (self.places.iter()).any(|(it, site)| it.ip() == at.ip() && is_host(site)) {
            There::ClosedPort
        } else {
            There::Nobody
        };
        self.expectations
            .insert(at, Expectation { there, declared });
    }

    /// The addresses of a table as they are written, and with its port as they are probed.
    fn endpoints<'t>(
        &mut self,
        reader: &mut Reader<'t>,
        section: &Section<'t>,
    ) -> Vec<(IpAddr, SocketAddr)> {
        let port = reader
            .optional(section, "port", "a port from 1 to 65535", |value| {
                number(value)
                    .and_then(|port| u16::try_from(port).ok())
                    .filter(|port| *port > 0)
            })
            .unwrap_or(PORT_DEFAULT);
        let all = match section.value("address") {
            Some(DeValue::Array(_)) => reader
                .list(section, "address", ADDRESSES, |value| match value {
                    DeValue::String(text) => addresses::parse(text),
                    _ => Err("something that is no text".to_owned()),
                })
                .map(|lists| lists.concat()),
            _ => reader
                .required(section, "address", ADDRESSES, text)
                .and_then(|text| {
                    let wrong = |found| {
                        reader.wrong(section, "address", format_args!("holds {found}"), ADDRESSES)
                    };
                    addresses::parse(&text).map_err(wrong).ok()
                }),
        };
        let all = all.unwrap_or_default();
        let before = self.named;
        self.named = before.saturating_add(all.len());
        if self.named > SCENARIO_ADDRESSES_MAX {
            if before <= SCENARIO_ADDRESSES_MAX {
                let found = format_args!("makes {} addresses of the scenario", self.named);
                let most = format!("at most {SCENARIO_ADDRESSES_MAX} in all");
                reader.wrong(section, "address", found, &most);
            }
            return Vec::new();
        }
        all.into_iter()
            .map(|address| (address, SocketAddr::new(address.to_canonical(), port)))
            .collect()
    }
}

/// The names of a table: for a peer, those that it gives itself unless the file says otherwise.
fn about<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'t>,
    personality: Option<&Personality>,
) -> About {
    let name = reader.optional(
        section,
        "host",
        "a host name such as \"mail.example.org\"",
        |value| Name::new(&text(value)?).ok(),
    );
    let expected = "domains such as \"example.org\"";
    let domains = section.has("domains").then(|| {
        reader.list(section, "domains", expected, |value| match value {
            DeValue::String(text) => {
                Name::new(text.trim()).map_err(|_| format!("{:?} is no domain", &text[..]))
            }
            _ => Err("something that is no text".to_owned()),
        })
    });
    let Some(personality) = personality else {
        return About {
            name,
            domains: domains.flatten().unwrap_or_default(),
            ..About::default()
        };
    };
    let own = || Name::new(&format!("{}.{DOMAIN}", personality.name)).ok();
    let name = name.or_else(own);
    let domains = match domains {
        Some(domains) => domains.unwrap_or_default(),
        None => name.iter().filter_map(parent).collect(),
    };
    About {
        name,
        domains,
        ..About::default()
    }
}

/// A host name without its first label, where a domain of two labels or more is left.
fn parent(host: &Name) -> Option<Name> {
    let (_, parent) = host.as_str().split_once('.')?;
    parent.contains('.').then(|| Name::new(parent).ok())?
}

/// What the table says that has to come out.
fn expected<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Expected> {
    const EXPECTED: &str = "a verdict such as \"closed: relay-denied\", \"inconclusive\" or \"refused: excluded\", or a list of these";
    let texts: Vec<String> = match section.value("expected")? {
        DeValue::Array(_) => reader.list(section, "expected", EXPECTED, |value| {
            text(value).ok_or_else(|| "something that is no text".to_owned())
        })?,
        _ => vec![reader.optional(section, "expected", EXPECTED, text)?],
    };
    if texts.is_empty() {
        reader.wrong(section, "expected", "is empty", EXPECTED);
        return None;
    }
    let mut all = Vec::with_capacity(texts.len());
    for text in &texts {
        match Expected::parse(text) {
            Ok(expected) => all.push(expected),
            Err((wrong, next)) => {
                let found = format_args!("is {text:?}: {wrong}");
                reader.wrong_next(section, "expected", found, EXPECTED, next);
            }
        }
    }
    (all.len() == texts.len()).then(|| Expected::any(all))
}

/// Why nobody can stand at `address`, if so.
fn cannot_stand(address: IpAddr) -> Option<&'static str> {
    let device = DeviceNet::default();
    let no_host = address.is_multicast()
        || address.is_unspecified()
        || address.is_loopback()
        || address == IpAddr::V4(Ipv4Addr::BROADCAST);
    let on_the_link = match address {
        IpAddr::V4(v4) => v4.octets()[..3] == device.ipv4.octets()[..3],
        IpAddr::V6(v6) => v6.segments()[..4] == device.ipv6.segments()[..4],
    };
    if no_host {
        Some("which is no host's address")
    } else if on_the_link {
        Some("which lies on the appliance's own link")
    } else {
        None
    }
}
