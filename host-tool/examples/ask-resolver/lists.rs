//! What the core's dialogue with block lists finds out of one list, and what the rules make of it.

use std::{
    cell::RefCell,
    net::{IpAddr, SocketAddr},
};

use firmware::{
    bell::Bell,
    conversation::{Desk, Scratch, converse},
    env::{Buffers, Env as _},
};
use host_tool::direct::DirectEnv;
use probe_core::{
    dns::DNS_PORT,
    dnsbl::{DnsblDialogue, Healths, Setup, Zone},
    evidence::{DnsblEvidence, Explanation, Observation, Standing},
    name::Name,
    prober::{Opening, Prober, Stop},
    scope::DNSBL_PORT,
    suspect::Suspect,
    time::{Instant, Millis},
    verdict::judge_dnsbl,
};

/// A list whose codes 3, 5 and 8 are open relays and proxies.
pub(crate) fn zone(name: &str) -> Option<Zone> {
    Some(Zone {
        name: Name::new(name).ok()?,
        ipv6: true,
        occasion: [3, 5, 8].into_iter().collect(),
        errors: [255].into_iter().collect(),
        txt: true,
    })
}

/// Asks a list about an address, from its health on: verdict, reason, and how the address stands.
pub(crate) async fn judged(
    env: &DirectEnv<'_>,
    prober: &RefCell<Prober>,
    bell: &Bell,
    buffers: &mut Buffers,
    (address, zone): (IpAddr, Zone),
) -> Option<String> {
    let suspect = Suspect {
        address,
        port: DNSBL_PORT,
        names: Default::default(),
    };
    let (target, resolver) = {
        let prober = prober.borrow();
        let scope = prober.scope()?;
        let target = scope.admit(&suspect, scope.issued).ok()?;
        (target, scope.identity.resolver?)
    };
    let mut seed = [0; 16];
    env.random(&mut seed);
    let zones = [zone];
    let mut message = [0; 512];
    let setup = Setup {
        target,
        resolver: SocketAddr::new(resolver, DNS_PORT),
        zones: &zones,
        spacing: Millis(0),
        hours: 0,
        healths: Healths::new(),
        seed,
    };
    let mut dialogue = DnsblDialogue::new(setup, &mut message);
    let mut desk = ListDesk {
        prober,
        evidence: DnsblEvidence::default(),
    };
    let scratch = Scratch::new();
    converse(env, bell, &mut desk, &mut dialogue, buffers, &scratch).await;
    let verdict = judge_dnsbl(&desk.evidence);
    let standing = &desk.evidence.zones().first()?.standing;
    Some(format!(
        "{} {} {}",
        verdict.kind.as_str(),
        verdict.reason.as_str(),
        told(standing)
    ))
}

fn told(standing: &Standing) -> String {
    match standing {
        Standing::Unknown(unknown) => {
            format!("{} {}", unknown.why.as_str(), unknown.asked.as_str())
        }
        Standing::Listed { codes, explanation } => {
            let mut all: Vec<String> = codes.all().iter().map(ToString::to_string).collect();
            // Their order is the server's affair.
            all.sort_unstable();
            let reason = match explanation {
                Explanation::NotAsked => "not-asked",
                Explanation::None => "without-reason",
                Explanation::Missed => "reason-missed",
                Explanation::Text { is_cut: true, .. } => "reason-cut",
                Explanation::Text { .. } => "reason",
            };
            format!("{} {reason}", all.join(","))
        }
        Standing::NotAsked | Standing::NoIpv6 | Standing::NotListed => standing.as_str().to_owned(),
    }
}

/// Answers for a dialogue with block lists, and keeps what it sees.
struct ListDesk<'a> {
    prober: &'a RefCell<Prober>,
    evidence: DnsblEvidence,
}

impl Desk for ListDesk<'_> {
    fn may_open(&mut self, _now: Instant) -> Opening {
        Opening::Now
    }

    fn violated(&mut self, now: Instant) {
        self.prober.borrow_mut().stop(now, Stop::GuardViolation);
    }

    fn observed(&mut self, _now: Instant, observation: &Observation<'_>) {
        self.evidence.record(observation);
    }

    fn stopped(&self) -> bool {
        self.prober.borrow().ended().is_some()
    }
}
