//! What is told of a scan.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::SocketAddr,
    path::Path,
};

use host_sim::scenario::{Got, Scenario};
use probe_core::{
    finding::Probe,
    frame::message::Ended,
    scope::{DNSBL_PORT, Depth, Refusal, Scope},
    time::Utc,
    verdict::{Kind, Verdict},
};

use crate::{
    cases::{self, CaseView, proof, words},
    cli::{
        args::{FailOn, Scan as Args},
        now,
    },
    exit::{Exit, Failure},
    lists::Entry,
    output::{
        self,
        expected::{self, Expectations},
        findings, json, junit,
        progress::Watcher,
    },
    problem::{Place, Problem},
    session::Outcome,
    store::{SqliteStore, Store as _, StoreError},
};

/// What a scan has brought.
pub(super) struct Scanned {
    cases: Vec<CaseView>,
    refused: Vec<(SocketAddr, String)>,
    /// Why the scope or an exclusion refused a suspect, in the core's words.
    refusals: BTreeMap<SocketAddr, Refusal>,
    missing: Vec<SocketAddr>,
    outcome: Option<Outcome>,
    /// How many objections nobody has decided about.
    objections: usize,
    /// The ports of proxies.
    proxy_ports: Vec<u16>,
}

impl Scanned {
    /// Reads what was stored of the scan, and keeps what the host makes of it.
    pub(super) fn gather(
        store: &mut SqliteStore,
        scope: &Scope,
        entries: &[Entry],
        mut refused: Vec<(SocketAddr, String)>,
        watcher: &Watcher,
        outcome: Option<Outcome>,
    ) -> Result<Self, Failure> {
        let seen: BTreeSet<SocketAddr> = watcher.targets().collect();
        let cases = judged(store, &seen).map_err(Failure::Store)?;
        let by_host = refused.iter().map(|(at, _)| (*at, Refusal::Excluded));
        let by_scope = watcher.refused().iter().copied();
        let refusals = by_host
            .chain(by_scope)
            .map(|(at, why)| (SocketAddr::new(at.ip().to_canonical(), at.port()), why))
            .collect();
        for (suspect, why) in watcher.refused() {
            refused.push((*suspect, words::refusal(*why).to_owned()));
        }
        let line: BTreeMap<SocketAddr, usize> = entries
            .iter()
            .enumerate()
            .map(|(line, entry)| (entry.endpoint(), line))
            .collect();
        refused.sort_by_key(|(suspect, _)| {
            let suspect = SocketAddr::new(suspect.ip().to_canonical(), suspect.port());
            line.get(&suspect).copied()
        });
        let known: BTreeSet<SocketAddr> = refused.iter().map(|(suspect, _)| *suspect).collect();
        let missing = entries
            .iter()
            .map(Entry::endpoint)
            .filter(|suspect| !seen.contains(suspect) && !known.contains(suspect))
            .collect();
        Ok(Self {
            cases,
            refused,
            refusals,
            missing,
            outcome,
            objections: waiting(store).map_err(Failure::Store)?,
            proxy_ports: scope.proxy.ports.iter().map(|of| of.port).collect(),
        })
    }

    /// Holds what was found at `depth`, with messages or without, against what the scenario expects.
    pub(super) fn held(
        &self,
        scenario: &Scenario,
        depth: Depth,
        delivers: bool,
        entries: &[Entry],
    ) -> Expectations {
        let verdicts: BTreeMap<SocketAddr, Verdict> = self
            .cases
            .iter()
            .map(|view| (view.case.target, view.verdict()))
            .collect();
        let got = |at: &SocketAddr| match (verdicts.get(at), self.refusals.get(at)) {
            (Some(verdict), _) => Got::Verdict(*verdict),
            (None, Some(why)) => Got::Refused(*why),
            (None, None) => Got::Nothing,
        };
        let targets = entries.iter().map(Entry::endpoint);
        let held = scenario.hold(depth, delivers, targets.map(|at| (at, got(&at))));
        held.into_iter().map(|held| (held.at, held)).collect()
    }

    /// Which probe a target of this port is for, whether it had its turn or not.
    fn probe_of(&self, port: u16) -> Probe {
        if port == DNSBL_PORT {
            Probe::Dnsbl
        } else if self.proxy_ports.contains(&port) {
            Probe::Proxy
        } else {
            Probe::Relay
        }
    }

    /// Whether nothing was probed because nothing might be.
    fn is_all_refused(&self) -> bool {
        let stopped = self
            .outcome
            .is_some_and(|outcome| outcome.ended != Some(Ended::ListDone));
        self.cases.is_empty() && self.missing.is_empty() && !stopped
    }
}

/// Prints what the arguments ask for, and says how the program ends.
pub(super) fn print(args: &Args, scanned: &Scanned, held: &Expectations) -> Result<Exit, Failure> {
    let Scanned {
        cases,
        refused,
        missing,
        outcome,
        ..
    } = scanned;
    let fails = |kind: Kind| args.fail_on.iter().any(|fail_on| matches(*fail_on, kind));
    if let Some(path) = &args.junit {
        let probe_of = |port| scanned.probe_of(port);
        let text = junit::text(cases, refused, missing, held, probe_of, fails);
        write_junit(path, &text)?;
    }
    if args.json {
        let line = |view: &CaseView| json::line(view, held.get(&view.case.target));
        let lines: String = cases.iter().map(line).collect();
        crate::cli::print(&lines)?;
    } else {
        crate::cli::print(&readable(cases, refused, missing, held))?;
    }
    notices(refused, args.json, outcome.as_ref());
    let heard = outcome.map_or_else(|| output::utc(now()), |outcome| outcome.heard);
    tell_out(cases, heard);
    tell_waiting(scanned.objections);
    if args.json {
        tell_unexpected(held);
    }

    Ok(if expected::unexpected(held).next().is_some() {
        Exit::Matched
    } else if held.is_empty() && scanned.is_all_refused() {
        Exit::Usage
    } else if cases.iter().any(|view| fails(view.verdict().kind)) {
        Exit::Matched
    } else {
        Exit::Done
    })
}

fn judged(
    store: &mut SqliteStore,
    seen: &BTreeSet<SocketAddr>,
) -> Result<Vec<CaseView>, StoreError> {
    let cases = cases::load_some(store, |case| seen.contains(&case.target))?;
    cases::keep_judgements(store, &cases, now())?;
    // What came meanwhile may be of other targets, from earlier scans.
    cases::judge_arrived(store, now())?;
    Ok(cases)
}

fn readable(
    cases: &[CaseView],
    refused: &[(SocketAddr, String)],
    missing: &[SocketAddr],
    held: &Expectations,
) -> String {
    let width = output::width();
    let mut parts = Vec::new();
    if !cases.is_empty() {
        parts.push(findings::text(cases, width));
    }
    if !refused.is_empty() {
        parts.push(findings::refused(refused, width));
    }
    if !missing.is_empty() {
        let names: Vec<String> = missing.iter().map(|it| findings::address(*it)).collect();
        parts.push(format!("without a finding: {}\n", names.join(", ")));
    }
    parts.extend(expected::text(held, width));
    parts.join("\n")
}

/// What a person must know beside the table; on standard error.
fn notices(refused: &[(SocketAddr, String)], json: bool, outcome: Option<&Outcome>) {
    if json {
        for (suspect, why) in refused {
            anstream::eprintln!("postern: refused {}: {why}", findings::address(*suspect));
        }
    }
    let Some(outcome) = outcome else {
        return;
    };
    let why = match outcome.ended {
        Some(Ended::ListDone) => None,
        Some(Ended::HostAsked) => Some("it was stopped; what was found is stored"),
        Some(Ended::Replaced) => Some("another scan took the appliance"),
        Some(Ended::Expired) => Some("the scope expired"),
        Some(Ended::PoweredMinutes) => Some("the powered minutes of the scope were over"),
        Some(Ended::GuardViolation) => Some(
            "a probe was about to leave the scope and was stopped: a fault of the appliance, please report it",
        ),
        Some(Ended::Button) => {
            Some("somebody pressed the appliance's button; what was found is stored")
        }
        Some(Ended::Objections) => Some(
            "more objected than the appliance keeps: read their objections, exclude them, and start the appliance again",
        ),
        Some(Ended::NoPath) => Some("the appliance cannot reach the sink"),
        Some(Ended::SerialsSpent) => Some("the appliance has no job numbers left: start it again"),
        None => Some("it did not stop in time; what was found is stored"),
    };
    if let Some(why) = why {
        anstream::eprintln!("postern: the scan ended early: {why}");
    }
    if outcome.lost > 0 {
        anstream::eprintln!(
            "postern: the appliance could not keep {}",
            output::counted(outcome.lost as usize, "finding", "findings")
        );
    }
}

/// Tells of messages that may still come back behind the moment up to which the sink was heard, and where
/// somebody must listen for them.
fn tell_out(cases: &[CaseView], heard: Utc) {
    if let Some(out) = proof::all_out(cases, heard) {
        anstream::eprintln!(
            "postern: {} out and may come back until {}: leave the appliance on and fetch what came \
             with `postern appliance collect`, or keep `postern sink` listening where the scope's sink \
             domain leads",
            output::counted(out.messages, "test message is", "test messages are"),
            output::minute(output::timestamp(out.until)),
        );
    }
}

/// How many objections nobody has decided about.
pub(in crate::cli) fn waiting(store: &SqliteStore) -> Result<usize, StoreError> {
    let objections = store.objections()?;
    Ok(objections.iter().filter(|it| it.is_open()).count())
}

/// Tells that a person has to decide about objections.
pub(in crate::cli) fn tell_waiting(objections: usize) {
    if objections > 0 {
        anstream::eprintln!(
            "postern: {} for a decision: see `postern objections`",
            output::counted(objections, "objection waits", "objections wait")
        );
    }
}

/// Tells what is not as the scenario expects, on standard error: a suspect that was refused has no
/// line of its own on standard output.
fn tell_unexpected(held: &Expectations) {
    for held in expected::unexpected(held) {
        let (mut at, what) = (findings::address(held.at), expected::message(held));
        if held.at.port() == DNSBL_PORT {
            at += " in block lists";
        }
        anstream::eprintln!("postern: not as the scenario expects: {at}: {what}");
    }
}

/// How many lines of the lists named a suspect once more.
pub(super) fn repeated(count: usize) {
    if count > 0 {
        anstream::eprintln!(
            "postern: {} named again what was named before; each suspect is probed once",
            output::counted(count, "line", "lines")
        );
    }
}

const fn matches(fail_on: FailOn, kind: Kind) -> bool {
    match fail_on {
        FailOn::Suspected => matches!(kind, Kind::Suspected | Kind::Accepted | Kind::Confirmed),
        FailOn::Accepted => matches!(kind, Kind::Accepted | Kind::Confirmed),
        FailOn::Confirmed => matches!(kind, Kind::Confirmed),
        FailOn::Inconclusive => matches!(kind, Kind::Inconclusive),
    }
}

fn write_junit(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| {
        Failure::input(Problem::new(
            Place::file(path),
            format!("cannot be written: {error}"),
            "a place for the JUnit report; the findings are stored",
        ))
    })
}
