//! A job as a worker has it, and what the dialogue of each probe is told of it.

#[cfg(not(feature = "small"))]
use core::net::SocketAddr;

#[cfg(not(feature = "small"))]
use crate::{
    dns::{DNS_PORT, lookup::Lots},
    dnsbl::{self, Healths},
    proxy,
    time::Millis,
};
use crate::{
    finding::{JobSerial, Probe},
    relay::{PairSet, Parked, Setup},
    schedule::Names,
    scope::Depth,
    target::Target,
    tester::Tester,
    time::{Instant, Utc},
};

/// One target under one probe, handed to a worker. It goes back by [`Prober::finish`](super::Prober::finish) or
/// [`Prober::park`](super::Prober::park), once.
#[derive(Debug)]
pub struct Job {
    /// Its number, for ever.
    pub serial: JobSerial,
    /// How often it was parked.
    pub revision: u8,
    /// Where.
    pub target: Target,
    /// Domains that the target is known to serve.
    pub names: Names,
    /// What.
    pub probe: Probe,
    /// How much.
    pub depth: Depth,
    /// Hours since the scope was issued when it was handed out.
    pub hours: u16,
    /// How many refusals the target may still be made to give; 1 or more.
    pub refusals_max: u8,
    /// How long it may stay parked, in hours, all pauses together.
    pub parked_hours_max: u8,
    /// When it was handed out.
    pub began: Instant,
    /// Whether test messages are sent. Never before the host has acknowledged the finding of a
    /// pause that [`Parked::awaits_acknowledgement`].
    pub deliver: bool,
    /// What UTC was when it was handed out.
    pub date: Utc,
    /// Pairs under which a message of this job has come back already.
    pub returned: PairSet,
    /// Where it stood when it was parked; `None` the first time.
    pub parked: Option<Parked>,
}

impl Job {
    /// What the dialogue of a job that asks block lists is told before it begins; `seed` are random
    /// octets. `None` without a resolver.
    #[cfg(not(feature = "small"))]
    pub fn dnsbl_setup<'a>(
        &self,
        tester: &'a Tester,
        healths: Healths,
        seed: Lots,
    ) -> Option<dnsbl::Setup<'a>> {
        Some(dnsbl::Setup {
            target: self.target,
            resolver: SocketAddr::new(tester.identity.resolver?, DNS_PORT),
            zones: &tester.dnsbl.zones,
            spacing: Millis(u64::from(tester.dnsbl.spacing_ms)),
            hours: self.hours,
            healths,
            seed,
        })
    }

    /// What the dialogue of a proxy job is told before it begins.
    #[cfg(not(feature = "small"))]
    pub fn proxy_setup<'a>(&'a self, tester: &'a Tester) -> proxy::Setup<'a> {
        proxy::Setup {
            target: self.target,
            tester,
            protocols: tester.proxy.protocols(self.target.port()),
            sink: &tester.proxy.sink,
            depth: self.depth,
            serial: self.serial,
            hours: self.hours,
            since: self.date,
            key: Some(&tester.key),
        }
    }

    /// What the dialogue of a relay job is told before it begins.
    pub fn setup<'a>(&'a self, tester: &'a Tester) -> Setup<'a> {
        Setup {
            target: self.target,
            names: self.names.listed(),
            reverse: self.names.reverse(),
            tester,
            depth: self.depth,
            serial: self.serial,
            hours: self.hours,
            refusals_max: self.refusals_max,
            parked_hours_max: self.parked_hours_max,
            deliver: self.deliver,
            date: self.date,
            returned: self.returned,
            resume: self.parked,
        }
    }
}
