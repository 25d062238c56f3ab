//! What is told of a scan.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::SocketAddr,
    path::Path,
};

use probe_core::{frame::message::Ended, verdict::Kind};

use crate::{
    cases::{self, CaseView, words},
    cli::{
        args::{FailOn, Scan as Args},
        now,
    },
    exit::{Exit, Failure},
    lists::Entry,
    output::{self, findings, json, junit, progress::Watcher},
    problem::{Place, Problem},
    session::Outcome,
    store::{SqliteStore, StoreError},
};

/// What a scan has brought.
pub(super) struct Scanned {
    cases: Vec<CaseView>,
    refused: Vec<(SocketAddr, String)>,
    missing: Vec<SocketAddr>,
    outcome: Option<Outcome>,
}

impl Scanned {
    /// Reads what was stored of the scan, and keeps what the host makes of it.
    pub(super) fn gather(
        store: &mut SqliteStore,
        entries: &[Entry],
        mut refused: Vec<(SocketAddr, String)>,
        watcher: &Watcher,
        outcome: Option<Outcome>,
    ) -> Result<Self, Failure> {
        let seen: BTreeSet<SocketAddr> = watcher.targets().collect();
        let cases = judged(store, &seen).map_err(Failure::Store)?;
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
            missing,
            outcome,
        })
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
pub(super) fn print(args: &Args, scanned: &Scanned) -> Result<Exit, Failure> {
    let Scanned {
        cases,
        refused,
        missing,
        outcome,
    } = scanned;
    let fails = |kind: Kind| args.fail_on.iter().any(|fail_on| matches(*fail_on, kind));
    if let Some(path) = &args.junit {
        write_junit(path, &junit::text(cases, refused, missing, fails))?;
    }
    if args.json {
        let lines: String = cases.iter().map(json::line).collect();
        crate::cli::print(&lines)?;
    } else {
        crate::cli::print(&readable(cases, refused, missing))?;
    }
    notices(refused, args.json, outcome.as_ref());

    Ok(if scanned.is_all_refused() {
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
    Ok(cases)
}

fn readable(
    cases: &[CaseView],
    refused: &[(SocketAddr, String)],
    missing: &[SocketAddr],
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
