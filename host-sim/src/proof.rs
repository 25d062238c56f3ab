//! What came to the sink, as the host judges it: it knows every job.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
};

use probe_core::{
    arrival::{Arrival, Sense},
    evidence::{Evidence, RelayEvidence},
    finding::{DeviceId, Finding, JobSerial},
    frame::ToHost,
    scope::Scope,
    time::Utc,
    token::Signer,
    verdict::{Kind, Verdict},
};

use crate::{host::PROVING, oracles::Judge, world::World};

/// What says what an arrival proves. [`Arrival::sense`], unless a test wants to see an oracle catch
/// another one.
pub type Senses<'a> = &'a dyn Fn(&Arrival, &Signer, Option<SocketAddr>, u16) -> Sense;

/// Something that has come to the sink, as the host reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// What has come.
    pub arrival: Arrival,
    /// The target of its job, where the host knows the job.
    pub target: Option<SocketAddr>,
    /// What the host takes it for.
    pub sense: Sense,
}

/// What a host makes of everything that it has.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// The verdict of each target whose job is over.
    pub verdicts: BTreeMap<SocketAddr, Verdict>,
    /// What has come to the sink.
    pub came: Vec<Came>,
}

/// How a host reads what has come to the sink of a world's device.
pub struct Reader<'a> {
    signer: Signer,
    began: Utc,
    issued: Utc,
    senses: Senses<'a>,
}

impl<'a> Reader<'a> {
    /// A reader of what comes of scans in `world` under `scope`.
    pub fn new(world: &World, scope: &Scope, senses: Senses<'a>) -> Self {
        Self {
            signer: Signer::new(&PROVING.key, DeviceId(world.device_id)),
            began: world.began,
            issued: scope.issued,
            senses,
        }
    }

    /// What an arrival proves about the target of its job.
    pub fn sense(&self, arrival: &Arrival, target: Option<SocketAddr>) -> Sense {
        let utc = self.began.0 + arrival.at.as_millis() / 1_000;
        let hours = utc.saturating_sub(self.issued.0) / 3_600;
        let hours = u16::try_from(hours).unwrap_or(u16::MAX);
        (self.senses)(arrival, &self.signer, target, hours)
    }

    /// What to make of all that a host has: of each target whose job is over, on the evidence of all
    /// its findings and of everything that came to the sink.
    pub(crate) fn judged<'r>(
        &self,
        records: impl Iterator<Item = &'r ToHost>,
        judge: Judge<'_>,
    ) -> Judged {
        let mut jobs = BTreeMap::<JobSerial, Vec<&Finding>>::new();
        let mut over = BTreeSet::new();
        let mut dead = Vec::new();
        let mut arrivals = Vec::new();
        for record in records {
            match record {
                ToHost::Finding(finding) => {
                    jobs.entry(finding.job).or_default().push(finding);
                    if finding.last {
                        over.insert(finding.job);
                    }
                }
                ToHost::Over(job) => {
                    over.insert(job.job);
                }
                ToHost::Dead(range) => {
                    dead.extend(range.findings().map(|of| (of.target, judge(&of.evidence))));
                }
                ToHost::Arrival(arrival) => arrivals.push(arrival),
                _ => {}
            }
        }
        let mut senses = BTreeMap::<JobSerial, Vec<(Sense, IpAddr)>>::new();
        let came = arrivals.into_iter().map(|arrival| {
            let job = arrival.envelope.map(|token| token.serial());
            let findings = job.and_then(|job| jobs.get(&job));
            let target = findings.and_then(|of| of.first()).map(|of| of.target);
            let sense = self.sense(arrival, target);
            if let Some(job) = job {
                let from = arrival.remote.ip();
                senses.entry(job).or_default().push((sense, from));
            }
            Came {
                arrival: arrival.clone(),
                target,
                sense,
            }
        });
        let came = came.collect();
        let verdict = |(job, findings): (JobSerial, Vec<&Finding>)| {
            let (first, later) = findings.split_first()?;
            // Of a job that has no end nobody knows more than what came back.
            let mut evidence = merged(first, later);
            for (sense, from) in senses.get(&job).into_iter().flatten() {
                evidence.arrived(*sense, *from);
            }
            let has_returned = |relay: &RelayEvidence| !relay.proof().returned().is_empty();
            let is_known = over.contains(&job) || evidence.relay().is_some_and(has_returned);
            is_known.then(|| (first.target, judge(&evidence)))
        };
        let mut verdicts = BTreeMap::new();
        for (target, found) in jobs.into_iter().filter_map(verdict).chain(dead) {
            let known = verdicts.entry(target).or_insert(found);
            // Of a target that was probed again the last word counts, and proof for ever.
            if known.kind != Kind::Confirmed {
                *known = found;
            }
        }
        Judged { verdicts, came }
    }

    /// The verdict of each target when its job was over: what came to the sink later counts for nothing.
    pub fn judge_when_over(
        &self,
        findings: &[Finding],
        arrivals: &[Arrival],
    ) -> BTreeMap<SocketAddr, Verdict> {
        let over: BTreeMap<_, _> = findings
            .iter()
            .filter(|finding| finding.last)
            .map(|finding| (finding.job, finding.id()))
            .collect();
        let was_before = |arrival: &&Arrival| {
            let job = arrival.envelope.map(|token| token.serial());
            let end = job.and_then(|job| over.get(&job));
            end.is_some_and(|end| (arrival.id.boot, arrival.id.number) < (end.boot, end.number))
        };
        let before: Vec<_> = arrivals.iter().filter(was_before).cloned().collect();
        self.judge(findings, &before)
    }

    /// The verdict of each target, on all findings and arrivals.
    pub fn judge(
        &self,
        findings: &[Finding],
        arrivals: &[Arrival],
    ) -> BTreeMap<SocketAddr, Verdict> {
        let findings = findings.iter().cloned().map(ToHost::Finding);
        let arrivals = arrivals.iter().cloned().map(ToHost::Arrival);
        let records: Vec<ToHost> = findings.chain(arrivals).collect();
        self.judged(records.iter(), &probe_core::verdict::judge)
            .verdicts
    }
}

/// The evidence of a job's findings, which come in order.
fn merged(first: &Finding, later: &[&Finding]) -> Evidence {
    let mut evidence = first.evidence.clone();
    for finding in later {
        evidence.merge(&finding.evidence);
    }
    evidence
}
