//! Who is where: the tables `[[peer]]`, `[[proxy]]`, `[[closed]]`, `[[dead]]` and `[[target]]`.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use super::{
    Expectation, Expected, SCENARIO_ADDRESSES_MAX, There,
    addresses::{self, ADDRESSES},
    fields::{self, Known, about, port},
    lists::Lists,
};
use crate::{
    demo,
    peers::Personality,
    proxies::Proxy,
    world::{DeviceNet, Site},
};
use host_files::{
    lists::{About, Entry, PORT_DEFAULT},
    table::{Reader, Section, text},
};
use probe_core::{
    name::Name,
    proxy::Protocols,
    scope::{DNSBL_PORT, PROXY_PORTS_MAX, Scope},
};

const PEER: [&str; 6] = [
    "personality",
    "address",
    "port",
    "host",
    "domains",
    "expected",
];
const PROXY: [&str; 4] = ["personality", "address", "port", "expected"];
const CLOSED: [&str; 3] = ["address", "port", "expected"];
const DEAD: [&str; 4] = ["address", "port", "answer", "expected"];
const TARGET: [&str; 5] = ["address", "port", "host", "domains", "expected"];

/// What dead addresses answer.
const ANSWERS: [&str; 2] = ["nothing", "unreachable"];

/// Everything that a scenario says about addresses.
#[derive(Default)]
pub(super) struct Sites {
    places: BTreeMap<SocketAddr, Site>,
    expectations: BTreeMap<SocketAddr, Expectation>,
    /// In the order in which they are asked for.
    suspects: Vec<Entry>,
    /// Addresses that block lists are asked about and nobody else.
    asked: Vec<Entry>,
    /// The ports of proxies, and what is asked there.
    proxy_ports: BTreeMap<u16, Protocols>,
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
        for section in reader.sections(top, "proxy", &PROXY) {
            sites.proxy(reader, &section);
        }
        for section in reader.sections(top, "closed", &CLOSED) {
            let port = port(reader, &section, PORT_DEFAULT, 1);
            let (site, there) = (Site::ClosedPort, There::ClosedPort);
            sites.stand(reader, &section, port, site, there, &About::default());
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
            let expected = fields::expected(reader, &section);
            let port = port(reader, &section, PORT_DEFAULT, DNSBL_PORT);
            if port == DNSBL_PORT && !top.has("list") {
                let found = "is 0, and there is no list to ask about it";
                reader.wrong(
                    &section,
                    "port",
                    found,
                    "a [[list]], or a port from 1 to 65535",
                );
            }
            for (address, at) in self.endpoints(reader, &section, port) {
                self.expect(at, expected.clone());
                let list = if at.port() == DNSBL_PORT {
                    &mut self.asked
                } else {
                    &mut self.suspects
                };
                match list.iter_mut().find(|it| it.endpoint() == at) {
                    Some(entry) => entry.about.merge(about.clone()),
                    None => list.push(Entry {
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

    /// What is to be probed, and must not be refused.
    pub(super) fn probed(&self) -> impl Iterator<Item = SocketAddr> {
        let all = self.suspects.iter().chain(&self.asked);
        let all = all.map(Entry::endpoint);
        all.filter(|at| !self.must_be_refused(*at))
    }

    /// The ports of proxies, and what is asked there.
    pub(super) fn proxy_ports(&self) -> &BTreeMap<u16, Protocols> {
        &self.proxy_ports
    }

    /// Whether something stands at `address`.
    pub(super) fn stands_at(&self, address: IpAddr) -> bool {
        self.places.keys().any(|at| at.ip() == address)
    }

    /// A target for each suspect, and for each address one more that `lists` are asked about, where
    /// `scope` allows it. About somebody who must not be probed nobody is asked either.
    pub(super) fn asking(&mut self, lists: &Lists, scope: &Scope) -> Vec<Entry> {
        let mut targets = self.suspects.clone();
        if scope.dnsbl.zones.is_empty() {
            // Those that were named are refused, for all to see.
            targets.extend(self.asked.iter().cloned());
            return targets;
        }
        let mut known = BTreeSet::new();
        for entry in self.suspects.iter().chain(&self.asked) {
            let is_named = entry.port == DNSBL_PORT;
            if !is_named && self.must_be_refused(entry.endpoint()) {
                continue;
            }
            let target = Entry {
                port: DNSBL_PORT,
                ..entry.clone()
            };
            let at = target.endpoint();
            if known.insert(at) {
                targets.push(target);
            }
        }
        for at in known {
            let there = There::Asked(lists.expected(scope, at.ip()));
            let named = self.expectations.remove(&at);
            let declared = named.and_then(|expectation| expectation.declared);
            self.expectations
                .insert(at, Expectation { there, declared });
        }
        targets
    }

    /// Whether the file says that `at` must not be probed.
    fn must_be_refused(&self, at: SocketAddr) -> bool {
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
        let known = Known {
            expected: "the name of a personality; `host-sim run` lists them",
            what: "personality",
            names: Personality::every().map(|it| it.name).collect(),
        };
        let personality = known.read(reader, section).and_then(Personality::named);
        let about = about(reader, section, personality);
        let port = port(reader, section, PORT_DEFAULT, 1);
        let Some(personality) = personality else {
            // What else is wrong is told all the same.
            self.endpoints(reader, section, port);
            fields::expected(reader, section);
            return;
        };
        let host = about.name.as_ref().map_or("", Name::as_str);
        let domains: Vec<&str> = about.domains.iter().map(Name::as_str).collect();
        let site = Site::Peer(personality.at(host, &domains));
        let there = There::Peer(personality);
        self.stand(reader, section, port, site, there, &about);
    }

    fn proxy<'t>(&mut self, reader: &mut Reader<'t>, section: &Section<'t>) {
        let known = Known {
            expected: "the name of a proxy; docs/simulator.md lists them",
            what: "proxy",
            names: Proxy::every().map(|it| it.name).collect(),
        };
        let proxy = known.read(reader, section).and_then(Proxy::named);
        let port = port(reader, section, proxy.map_or(PORT_DEFAULT, |it| it.port), 1);
        let Some(proxy) = proxy else {
            self.endpoints(reader, section, port);
            fields::expected(reader, section);
            return;
        };
        if let Some(wrong) = self.cannot_be_of_proxies(port) {
            let expected = format!(
                "a port that no [[peer]] has, since a port has one probe, and {PROXY_PORTS_MAX} different ones at most"
            );
            reader.wrong(
                section,
                "port",
                format_args!("is {port}, {wrong}"),
                &expected,
            );
        } else {
            let asked = self.proxy_ports.entry(port).or_insert(Protocols::empty());
            *asked |= demo::asked_at(proxy.port);
        }
        let (site, there) = (Site::Proxy(proxy), There::Proxy(proxy));
        self.stand(reader, section, port, site, there, &About::default());
    }

    /// Why no proxy can be asked at `port`, if so.
    fn cannot_be_of_proxies(&self, port: u16) -> Option<String> {
        let is_peer =
            |(at, site): (&SocketAddr, &Site)| at.port() == port && matches!(site, Site::Peer(_));
        if self.places.iter().any(is_peer) {
            return Some("at which a [[peer]] is asked about mail".to_owned());
        }
        let is_one_more = !self.proxy_ports.contains_key(&port);
        let is_full = is_one_more && self.proxy_ports.len() == PROXY_PORTS_MAX;
        is_full.then(|| format!("one more than {PROXY_PORTS_MAX} ports of proxies"))
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
        let port = port(reader, section, PORT_DEFAULT, 1);
        self.stand(
            reader,
            section,
            port,
            site,
            There::Nobody,
            &About::default(),
        );
    }

    /// Puts `site` at every address of `section`, and suspects it.
    fn stand<'t>(
        &mut self,
        reader: &mut Reader<'t>,
        section: &Section<'t>,
        port: u16,
        site: Site,
        there: There,
        about: &About,
    ) {
        let declared = fields::expected(reader, section);
        let line = reader.line_of(section, "address");
        for (address, at) in self.endpoints(reader, section, port) {
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
            let (there, declared) = (there.clone(), declared.clone());
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
        let is_host =
            |site: &Site| matches!(site, Site::Peer(_) | Site::Proxy(_) | Site::ClosedPort);
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
        port: u16,
    ) -> Vec<(IpAddr, SocketAddr)> {
        let all = addresses::read(reader, section, "address").unwrap_or_default();
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

/// Why nobody can stand at `address`, if so.
fn cannot_stand(address: IpAddr) -> Option<&'static str> {
    let no_host = address.is_multicast()
        || address.is_unspecified()
        || address.is_loopback()
        || address == IpAddr::V4(Ipv4Addr::BROADCAST);
    if no_host {
        Some("which is no host's address")
    } else if DeviceNet::default().is_on_link(address) {
        Some("which lies on the appliance's own link")
    } else {
        None
    }
}
