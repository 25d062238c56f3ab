//! Jobs in a store, and what comes to a sink of them, for tests.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use jiff::Timestamp;
use probe_core::{
    arrival::{Arrival, Marks, What},
    dnsbl::{Meaning, Zone},
    evidence::{Evidence, Fate, Finish, Observation, RelayEvidence},
    finding::{DeviceId, Finding, JobSerial, Probe, RecordId},
    frame::message::Proving,
    name::Name,
    proxy::{self, AttemptId, Protocol, Protocols},
    relay::{Outcomes, PairId},
    scope::{Depth, ProxyPort, Scope},
    smtp::{Class, Extensions, Quirks, Reply, Step},
    time::{Anchor, Instant, Millis, Utc},
    token::{Key, Role, Signer, Token},
    verdict::{Kind, judge},
};

use serde::Serialize;

use crate::{
    cases::{self, CaseView},
    lists::{Claim, ListedProxy},
    scope_file::ScopeList,
    store::{DeviceFamily, Record, SqliteStore, Store as _, Under},
};

pub(crate) const PAIR: PairId = PairId::EMPTY_SENDER;
pub(crate) const HOUR: u64 = 3_600;
/// When the scan begins, in seconds after the scope was issued.
pub(crate) const BEGAN: u64 = 12 * HOUR;

/// Our own end of connections to proxies.
pub(crate) const OWN: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1));
/// The address that others see in its place.
pub(crate) const TRANSLATED: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 200));
/// The block list of the scope.
pub(crate) const ZONE: &str = "dnsbl.example";

/// What is scanned: relays, SOCKS5 at one port, and one block list, whose codes 5 and 8 are an occasion.
pub(crate) fn scope() -> Scope {
    let mut scope = host_sim::demo::scope(Depth::Standard);
    let port = ProxyPort {
        port: 1080,
        protocols: Protocols::ANY_SOCKS5 | Protocols::SOCKS4,
    };
    scope.proxy.ports.push(port).unwrap();
    scope.proxy.sink.ipv4 = Some(Ipv4Addr::new(198, 51, 100, 200));
    scope.proxy.sink.ports = [25, 8025].into_iter().collect();
    let zone = Zone {
        name: Name::new(ZONE).unwrap(),
        ipv6: false,
        occasion: [5, 8].into_iter().collect(),
        errors: Default::default(),
        txt: false,
    };
    scope.dnsbl.zones.push(zone).unwrap();
    scope
}

/// Evidence of block lists as it is kept, for answers come from the core's own lookups alone.
#[derive(Serialize)]
struct Said {
    hours: u16,
    finish: Finish,
    zones: Vec<(&'static str, Says)>,
}

#[derive(Serialize)]
#[expect(dead_code, reason = "their places count")]
enum Says {
    NotAsked,
    NoIpv6,
    Unknown,
    NotListed,
    Listed((Vec<Ipv4Addr>, u8, bool), Explained),
}

#[derive(Serialize)]
enum Explained {
    NotAsked,
}

/// A store on a file, a device that scanned, and a sink beside it.
pub(crate) struct Yard {
    folder: PathBuf,
    pub(crate) store: SqliteStore,
    pub(crate) key: Key,
    pub(crate) issued: Utc,
    pub(crate) device: DeviceId,
    sink: (DeviceId, u32),
    records: u32,
}

impl Yard {
    pub(crate) fn new(name: &str) -> Self {
        Self::quoting(name, true)
    }

    /// A yard whose block list may or may not be quoted.
    pub(crate) fn quoting(name: &str, may_be_quoted: bool) -> Self {
        let name = format!("postern-proof-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let mut store = SqliteStore::open(&folder.join("findings.db")).unwrap();
        let scope = scope();
        let lists = [ScopeList {
            zone: Name::new(ZONE).unwrap(),
            name: "An example".to_owned(),
            codes: BTreeMap::from([
                (5, Claim::OpenRelay),
                (8, Claim::OpenProxy(ListedProxy::Socks)),
                (3, Claim::Other),
            ]),
            may_be_quoted,
            agreement: None,
        }];
        let key = Key::new([7; 16]);
        let issued = scope.issued;
        let (device, boot) = store.begin_boot(DeviceFamily::Simulated).unwrap();
        let began = Utc(issued.0 + BEGAN);
        anchored(&mut store, device, boot, began);
        let under = Under {
            scope: &scope,
            lists: &lists,
            addresses: &[TRANSLATED],
        };
        let proving = Proving { key, deliver: true };
        store
            .begin_scan(device, boot, under, &proving, began)
            .unwrap();
        let sink = store.begin_boot(DeviceFamily::Sink).unwrap();
        anchored(&mut store, sink.0, sink.1, began);
        Self {
            folder,
            store,
            key,
            issued,
            device,
            sink,
            records: 0,
        }
    }

    /// A job on `target` whose message was accepted.
    pub(crate) fn found(&mut self, serial: u64, target: &str) {
        let mut evidence = RelayEvidence::default();
        evidence.record(&Observation::Began {
            depth: Depth::Standard,
            hours: u16::try_from(BEGAN / HOUR).unwrap(),
            outcomes: Outcomes::default(),
        });
        evidence.record(&Observation::Delivered {
            pair: PAIR,
            fate: Fate::Accepted,
            step: Step::Dot,
            reply: Reply {
                code: 250,
                enhanced: None,
                class: Class::Accepted,
                first: b"250 2.0.0 Ok: queued as 4711",
                last: b"250 2.0.0 Ok: queued as 4711",
                lines: 1,
                octets: 30,
                quirks: Quirks::empty(),
                extensions: Extensions::empty(),
                server: None,
            },
            after: Millis(20),
        });
        self.keep(serial, target, Evidence::Relay(evidence));
    }

    /// A proxy job on `target`, with what came of each attempt.
    pub(crate) fn proxy(
        &mut self,
        serial: u64,
        target: &str,
        attempts: &[(Protocol, proxy::Outcome)],
    ) {
        let mut evidence = Evidence::new(Probe::Proxy);
        let mut record = |seen: proxy::Seen<'_>| evidence.record(&Observation::Proxy(seen));
        record(proxy::Seen::Began {
            depth: Depth::Standard,
            hours: u16::try_from(BEGAN / HOUR).unwrap(),
        });
        for (protocol, outcome) in attempts {
            record(proxy::Seen::Attempt {
                id: AttemptId::new(*protocol, 0),
                outcome: *outcome,
                code: 0,
                after: Millis(70),
                local: Some(OWN),
                said_hello: *outcome == proxy::Outcome::Returned,
                has_content: false,
                behind: None,
                is_endless: false,
                first: match (outcome, protocol) {
                    (proxy::Outcome::Returned, _) => {
                        b"\x05\x00\x05\x00\x00\x01\xc6\x33\x64\x07\xc0\x02220 sink.cert.example ESMTP gaa2n5lfxq7k3mzbtwc6ydh4jru\r\n"
                    }
                    (proxy::Outcome::Granted, Protocol::Socks4) => b"\x00\x5a\x00\x19\xc6\x33\x64\xc8",
                    (proxy::Outcome::Granted, _) => b"\x05\x00\x05\x00\x00\x01\xc6\x33\x64\x07\xc0\x02",
                    _ => b"\x05\xff",
                },
            });
        }
        record(proxy::Seen::Finished(Finish::Tested));
        self.keep(serial, target, evidence);
    }

    /// What the one block list of the scope says about an address: these A records, none for not listed.
    pub(crate) fn looked_up(&mut self, serial: u64, address: &str, records: &[[u8; 4]]) {
        let zone = &scope().dnsbl.zones[0];
        let is_occasion = |code: &Ipv4Addr| zone.meaning(*code) == Meaning::Occasion;
        let codes: Vec<Ipv4Addr> = records.iter().map(|code| (*code).into()).collect();
        let bits = (0..).zip(&codes).filter(|(_, code)| is_occasion(code));
        let occasions = bits.fold(0, |bits, (place, _)| bits | 1 << place);
        let said = Said {
            hours: u16::try_from(BEGAN / HOUR).unwrap(),
            finish: Finish::Tested,
            zones: vec![(
                ZONE,
                if codes.is_empty() {
                    Says::NotListed
                } else {
                    Says::Listed((codes, occasions, false), Explained::NotAsked)
                },
            )],
        };
        let octets = postcard::to_slice(&said, &mut [0; 256]).unwrap().to_vec();
        let evidence = Evidence::Dnsbl(postcard::from_bytes(&octets).unwrap());
        self.keep(serial, &format!("{address}:0"), evidence);
    }

    fn keep(&mut self, serial: u64, target: &str, evidence: Evidence) {
        self.records += 1;
        let finding = Finding {
            boot: 1,
            number: self.records,
            job: JobSerial(serial),
            revision: 0,
            last: true,
            target: target.parse().unwrap(),
            probe: evidence.probe(),
            depth: Depth::Standard,
            lab: false,
            path_checked: false,
            began: Instant::BOOT,
            ended: Instant::from_millis(2_000),
            rules: 1,
            verdict: judge(&evidence),
            refusals: 0,
            evidence,
        };
        let record = Record::Finding(Box::new(finding));
        self.store.append(self.device, &[record], NOW).unwrap();
    }

    pub(crate) fn token(&self, role: Role, serial: u64, target: &str) -> Token {
        let target: SocketAddr = target.parse().unwrap();
        let hours = u16::try_from(BEGAN / HOUR).unwrap();
        let octet = u8::try_from(PAIR.index()).unwrap();
        Signer::new(&self.key, self.device).sign(role, JobSerial(serial), octet, hours, target)
    }

    /// A connection of an attempt comes out at `from` and calls at the sink.
    pub(crate) fn visited(&mut self, serial: u64, target: &str, protocol: Protocol, from: IpAddr) {
        let hours = u16::try_from(BEGAN / HOUR).unwrap();
        let signer = Signer::new(&self.key, self.device);
        let octet = AttemptId::new(protocol, 0).octet();
        let token = signer.sign(
            Role::Proxy,
            JobSerial(serial),
            octet,
            hours,
            target.parse().unwrap(),
        );
        self.came_from(
            SocketAddr::new(from, 40_000),
            60,
            What::Visit,
            Some(token),
            None,
        );
    }

    /// Something comes to the sink so long after the scan began.
    pub(crate) fn came(
        &mut self,
        after: u64,
        what: What,
        envelope: Option<Token>,
        content: Option<Token>,
    ) {
        let remote = "198.51.100.7:40000".parse().unwrap();
        self.came_from(remote, after, what, envelope, content);
    }

    fn came_from(
        &mut self,
        remote: SocketAddr,
        after: u64,
        what: What,
        envelope: Option<Token>,
        content: Option<Token>,
    ) {
        self.records += 1;
        let arrival = Arrival {
            id: RecordId {
                boot: self.sink.1,
                number: self.records,
            },
            at: Instant::BOOT + Millis::from_secs(after),
            what,
            remote,
            port: 25,
            helo: "out.example".try_into().unwrap(),
            reverse_path: Default::default(),
            recipient: Default::default(),
            envelope,
            content,
            octets: 900,
            marks: Marks::empty(),
            chain: Default::default(),
        };
        let record = Record::Arrival(Box::new(arrival));
        self.store.append(self.sink.0, &[record], NOW).unwrap();
        cases::judge_arrived(&mut self.store, NOW).unwrap();
    }

    /// Our message comes back so long after the scan began.
    pub(crate) fn returned(&mut self, after: u64, serial: u64, target: &str) {
        let envelope = Some(self.token(Role::Recipient, serial, target));
        let content = Some(self.token(Role::Message, serial, target));
        self.came(after, What::Message, envelope, content);
    }

    /// Every case, read by another program later.
    pub(crate) fn cases(&self) -> Vec<CaseView> {
        let store = SqliteStore::open_to_read(&self.folder.join("findings.db")).unwrap();
        cases::load(&store).unwrap()
    }

    pub(crate) fn kinds(&self) -> Vec<Kind> {
        self.cases().iter().map(|it| it.verdict().kind).collect()
    }
}

impl Drop for Yard {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) const NOW: Timestamp = Timestamp::constant(1_795_000_000, 0);
pub(crate) const TARGET: &str = "192.0.2.1:25";

fn anchored(store: &mut SqliteStore, device: DeviceId, boot: u32, utc: Utc) {
    let at = Instant::BOOT;
    store.anchor(device, boot, Anchor { at, utc }).unwrap();
}
