//! Cases: everything that is known about one address and port under one probe.
//!
//! The device judges each finding by itself. The host merges the findings of a job, judges the
//! whole again by the rules of today, and keeps what the rules of yesterday said.

pub mod attempts;
pub mod facts;
pub mod forms;
pub mod groups;
pub mod listed;
pub mod proof;
pub mod transcript;
pub mod words;
#[cfg(test)]
pub(crate) mod yard;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use jiff::Timestamp;
use probe_core::{
    evidence::{Evidence, Finish, ProxyEvidence, RelayEvidence},
    finding::{DeviceId, JobSerial, Probe},
    name::Name,
    scope::{Depth, Scope},
    time::Utc,
    token::{Key, Token},
    verdict::{Kind, RULES, Reason, Verdict, judge},
};

use listed::{Listed, Lookups};
use proof::{Arrivals, Proved};

use crate::{
    output::utc,
    scope_file::ScopeList,
    store::{
        Case, CaseNumber, JobNumber, Judgement, Kept, Objection, ObjectionNumber, Store, StoreError,
    },
};

/// A case with its history.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// Address, port, probe, and what the lists say.
    pub case: Case,
    /// The first objection about its address that nobody has decided about.
    pub objection: Option<ObjectionNumber>,
    /// Who lists its address.
    pub listed: Vec<Listed>,
    /// Its jobs, oldest first; never empty.
    jobs: Vec<JobView>,
}

/// One job: its findings as one, judged.
#[derive(Clone, Debug)]
pub struct JobView {
    /// Its number in the store.
    pub number: JobNumber,
    /// Its number on its device.
    pub serial: JobSerial,
    /// The device that ran it.
    pub device: DeviceId,
    /// The device's boot.
    pub boot: u32,
    /// Under which scope.
    pub scope: Option<Scope>,
    /// The block lists of its scope, as the scope file had them.
    pub lists: Vec<ScopeList>,
    /// The addresses that others see our probes come from, by the scope file.
    pub addresses: Vec<IpAddr>,
    /// With which key its tokens were made.
    pub key: Option<Key>,
    /// When it began.
    pub began: Utc,
    /// When the last that is known of it ended.
    pub ended: Utc,
    /// Whether nothing more comes of it.
    pub over: bool,
    /// How much was asked.
    pub depth: Depth,
    /// The checks of our own identity were waived.
    pub lab: bool,
    /// Whoever probed had reached our sink elsewhere through this port.
    pub path_checked: bool,
    /// All evidence.
    pub evidence: Evidence,
    /// What came to sinks of it, oldest first.
    pub proved: Vec<Proved>,
    /// What it says by the rules of today.
    pub verdict: Verdict,
}

impl JobView {
    /// When the last that its verdict rests on was seen: on the wire, or at a sink.
    pub fn seen(&self) -> Utc {
        let arrived = self.proved.last().map(|proved| proved.at);
        arrived.map_or(self.ended, |at| at.max(self.ended))
    }

    /// Whether a connection that came out at `egress` may have been our own: something on our side may have
    /// made it. The device knows its own end; behind a translator others see another address.
    pub fn is_own(&self, egress: IpAddr) -> bool {
        let of_device = self.evidence.proxy().is_some_and(|it| it.is_own(egress));
        of_device || self.addresses.contains(&egress)
    }

    /// What it says by the rules of today, and by what only the host knows: what came out at an address of
    /// ours proves nothing.
    fn judged(&self) -> Verdict {
        let verdict = judge(&self.evidence);
        let attempts = self.evidence.proxy().map(ProxyEvidence::attempts);
        let mut attempts = attempts.unwrap_or_default().iter();
        let rests_on_visits = verdict.reason == Reason::ConnectionReturned;
        if rests_on_visits && !attempts.any(|it| attempts::is_proved(self, it)) {
            return Verdict {
                kind: Kind::Inconclusive,
                reason: Reason::OwnAddress,
            };
        }
        verdict
    }

    /// How its dialogue ended.
    pub const fn finish(&self) -> Finish {
        match &self.evidence {
            Evidence::Relay(evidence) => evidence.finish(),
            Evidence::Proxy(evidence) => evidence.finish(),
            Evidence::Dnsbl(evidence) => evidence.finish(),
        }
    }

    /// What the relay battery saw; `None` for a job of another probe.
    pub const fn relay(&self) -> Option<&RelayEvidence> {
        self.evidence.relay()
    }
}

impl CaseView {
    /// All jobs, oldest first.
    pub fn jobs(&self) -> &[JobView] {
        &self.jobs
    }

    /// The newest job, which settles what the case says.
    pub fn latest(&self) -> &JobView {
        self.jobs.last().expect("a case begins with a job")
    }

    /// What the case says.
    pub fn verdict(&self) -> Verdict {
        self.latest().verdict
    }

    /// When the present kind of verdict was first seen, without another kind in between.
    pub fn first_seen(&self) -> Utc {
        let kind = self.verdict().kind;
        self.jobs
            .iter()
            .rev()
            .take_while(|job| job.verdict.kind == kind)
            .last()
            .map_or(self.latest().began, |job| job.began)
    }

    /// When it was last seen.
    pub fn last_seen(&self) -> Utc {
        self.latest().ended
    }

    /// The server's name: by the list, or else by its own word.
    pub fn name(&self) -> Option<&Name> {
        self.case
            .about
            .name
            .as_ref()
            .or_else(|| self.latest().relay()?.host())
    }
}

/// Every case, by number.
pub fn load(store: &dyn Store) -> Result<Vec<CaseView>, StoreError> {
    load_some(store, |_| true)
}

/// The cases that are wanted, by number.
pub fn load_some(
    store: &dyn Store,
    wanted: impl Fn(&Case) -> bool,
) -> Result<Vec<CaseView>, StoreError> {
    let arrivals = Arrivals::load(store)?;
    let objections = store.objections()?;
    let (cases, others): (Vec<Case>, Vec<Case>) = store.cases()?.into_iter().partition(wanted);
    let views = cases.into_iter();
    let views = views.filter_map(|case| view(store, &arrivals, &objections, case).transpose());
    let mut views: Vec<CaseView> = views.collect::<Result<_, _>>()?;

    let mut lookups = Lookups::default();
    for view in views.iter().filter(|view| view.case.probe == Probe::Dnsbl) {
        lookups.add(view.case.target.ip(), &view.jobs);
    }
    let addresses: BTreeSet<IpAddr> = views.iter().map(|it| it.case.target.ip()).collect();
    for case in others {
        let address = case.target.ip();
        if case.probe == Probe::Dnsbl && addresses.contains(&address) {
            lookups.add(address, &jobs(store, case.number)?);
        }
    }
    for view in &mut views {
        view.listed = lookups.of(view);
    }
    Ok(views)
}

/// One case; `None` when there is none of this number.
pub fn load_one(store: &dyn Store, number: CaseNumber) -> Result<Option<CaseView>, StoreError> {
    let mut views = load_some(store, |case| case.number == number)?;
    Ok(views.pop())
}

/// Keeps what the cases say, where the store does not have it yet.
pub fn keep_judgements(
    store: &mut dyn Store,
    cases: &[CaseView],
    now: Timestamp,
) -> Result<(), StoreError> {
    let judged = utc(now);
    let judgements: Vec<Judgement> = cases
        .iter()
        .flat_map(|view| view.jobs.iter().map(|job| (view.case.number, job)))
        .map(|(case, job)| Judgement {
            case,
            job: job.number,
            judged,
            seen: job.seen(),
            depth: job.depth,
            rules: RULES,
            verdict: job.verdict,
        })
        .collect();
    store.judge(&judgements)
}

/// Judges anew what something has come of at a sink, and keeps what that says.
pub fn judge_arrived(store: &mut dyn Store, now: Timestamp) -> Result<Vec<CaseView>, StoreError> {
    let arrived = store.arrived()?;
    let cases = load_some(store, |case| arrived.contains(&case.number))?;
    keep_judgements(store, &cases, now)?;
    Ok(cases)
}

/// Judges anew what one arrival may be of, and keeps what that says.
pub fn judge_of(
    store: &mut dyn Store,
    token: &Token,
    now: Timestamp,
) -> Result<Vec<CaseView>, StoreError> {
    let jobs = store.jobs_of(token.serial())?;
    let is_of = |case: &Case| {
        jobs.iter()
            .any(|job| job.target == case.target && job.made(token))
    };
    let cases = load_some(store, is_of)?;
    keep_judgements(store, &cases, now)?;
    Ok(cases)
}

fn view(
    store: &dyn Store,
    arrivals: &Arrivals,
    objections: &[Objection],
    case: Case,
) -> Result<Option<CaseView>, StoreError> {
    let mut jobs = jobs(store, case.number)?;
    for job in &mut jobs {
        arrivals.apply(case.target, job);
        job.verdict = job.judged();
    }
    let address = case.target.ip();
    let objection = objections
        .iter()
        .find(|it| it.is_open() && it.addresses().contains(&address))
        .map(|it| it.number);
    Ok((!jobs.is_empty()).then_some(CaseView {
        case,
        objection,
        listed: Vec::new(),
        jobs,
    }))
}

/// The jobs of a case, oldest first.
fn jobs(store: &dyn Store, case: CaseNumber) -> Result<Vec<JobView>, StoreError> {
    let mut jobs: BTreeMap<JobNumber, Vec<Kept>> = BTreeMap::new();
    for kept in store.findings(case)? {
        jobs.entry(kept.job).or_default().push(kept);
    }
    let mut jobs: Vec<JobView> = jobs.into_values().filter_map(merged).collect();
    jobs.sort_by_key(|job| (job.began, job.number));
    Ok(jobs)
}

/// The findings of one job as one, in the order of their revisions.
fn merged(mut findings: Vec<Kept>) -> Option<JobView> {
    findings.sort_by_key(|kept| kept.finding.revision);
    let first = findings.first()?;
    let last = findings.last()?;
    let mut evidence = first.finding.evidence.clone();
    for later in findings.iter().skip(1) {
        evidence.merge(&later.finding.evidence);
    }
    Some(JobView {
        number: first.job,
        serial: first.finding.job,
        device: first.device,
        boot: last.finding.boot,
        scope: last.scope.clone().or_else(|| first.scope.clone()),
        lists: last.lists.clone(),
        addresses: last.addresses.clone(),
        key: last.key.or(first.key),
        began: first.began,
        ended: last.ended,
        over: last.over,
        depth: first.finding.depth,
        lab: findings.iter().any(|kept| kept.finding.lab),
        path_checked: findings.iter().all(|kept| kept.finding.path_checked),
        verdict: judge(&evidence),
        evidence,
        proved: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::About;

    pub(super) fn view(kinds: &[Kind]) -> CaseView {
        let jobs = (1..).zip(kinds).map(|(day, kind)| JobView {
            number: JobNumber(day),
            serial: JobSerial(day),
            device: DeviceId::default(),
            boot: 1,
            scope: None,
            lists: Vec::new(),
            addresses: Vec::new(),
            key: None,
            began: Utc(day * 100),
            ended: Utc(day * 100 + 1),
            over: true,
            depth: Depth::Standard,
            lab: false,
            path_checked: false,
            evidence: Evidence::new(Probe::Relay),
            proved: Vec::new(),
            verdict: Verdict {
                kind: *kind,
                reason: Reason::Unclear,
            },
        });
        CaseView {
            case: Case {
                number: CaseNumber(1),
                target: "192.0.2.1:25".parse().unwrap(),
                probe: Probe::Relay,
                about: About::default(),
            },
            objection: None,
            listed: Vec::new(),
            jobs: jobs.collect(),
        }
    }

    #[test]
    fn a_verdict_counts_from_when_it_was_last_another_one() {
        use Kind::{Closed, Inconclusive, Suspected};
        for (kinds, first, last) in [
            (&[Closed][..], 100, 101),
            (&[Closed, Closed], 100, 201),
            (&[Suspected, Closed, Suspected, Suspected], 300, 401),
            (&[Suspected, Inconclusive], 200, 201),
        ] {
            let view = view(kinds);
            assert_eq!(
                (view.first_seen(), view.last_seen()),
                (Utc(first), Utc(last)),
                "{kinds:?}"
            );
        }
    }
}
