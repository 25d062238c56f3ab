//! `postern scan`.

use std::{
    collections::BTreeSet,
    fs,
    net::SocketAddr,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use jiff::Timestamp;
use probe_core::{
    frame::{ScanId, message::Ended},
    scope::Scope,
    suspect::Suspect,
    verdict::Kind,
};

use super::{
    args::{FailOn, Scan as Args},
    letters::refusal_words,
    now, open_store, print,
};
use crate::{
    cases::{self, CaseView},
    exit::{Exit, Failure},
    link::{LINKS, Link, LinkError, Settings},
    lists::{self, Entry},
    output::{self, findings, json, junit, progress::Watcher},
    problem::{Gathered, Place, Problem, Problems},
    scope_file::{self, ScopeFile},
    session::{Outcome, Scan, SessionError},
    store::{Excluded, Exclusion, SqliteStore, Store},
};

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let began = args.clock.unwrap_or_else(now);
    let (link, entries, scope) = inputs(args, began)?;
    let mut store = open_store(&args.store)?;
    let exclusions = store.exclusions().map_err(Failure::Store)?;
    let scope = with_exclusions(scope.scope, &exclusions)?;

    store.note(&entries, now()).map_err(Failure::Store)?;
    let (list, refused_here) = sorted_out(&entries, &exclusions);
    for (suspect, why) in &refused_here {
        store
            .refused(*suspect, why, now())
            .map_err(Failure::Store)?;
    }

    let mut watcher = Watcher::new(list.len(), interrupts());
    let outcome = if list.is_empty() {
        None
    } else {
        let settings = Settings {
            seed: args.seed,
            began,
            capture: args.pcap.clone(),
        };
        let scan = Scan {
            id: ScanId(1),
            scope: &scope,
            list: &list,
            utc: output::utc(began),
        };
        let outcome = link.scan(&settings, &scan, &mut store, &mut watcher);
        watcher.finish();
        Some(outcome.map_err(|error| failed(link, error))?)
    };
    report(args, &mut store, &entries, &watcher, outcome.as_ref())
}

/// Everything that must be right before anything is started.
fn inputs(args: &Args, now: Timestamp) -> Result<(Link, Vec<Entry>, ScopeFile), Failure> {
    let mut gathered = Gathered::default();
    if args.deliver {
        gathered.push(Problem::new(
            Place::named("--deliver"),
            "the delivery of test messages is not built in this version",
            "a scan without --deliver: it tests up to RCPT",
        ));
    }
    for probe in &args.probes {
        if probe != "relay" {
            gathered.push(Problem::new(
                Place::named(format!("--probes {probe}")),
                "this probe is not built in this version",
                "relay",
            ));
        }
    }
    let link = match &args.link {
        Some(text) => Link::parse(text)
            .map_err(|problem| gathered.push(problem))
            .ok(),
        None => {
            gathered.push(Problem::new(
                Place::named("--link"),
                "no link was named, and there is no default: a scan reaches out to others",
                format!("one of the links of this version:\n{LINKS}"),
            ));
            None
        }
    };
    let files: Vec<&Path> = args.targets.iter().map(AsRef::as_ref).collect();
    if args.suspects.is_empty() && files.is_empty() {
        gathered.push(Problem::new(
            Place::named("TARGET"),
            "no target was named",
            "addresses as arguments, or a list with --targets",
        ));
    }
    let take = |gathered: &mut Gathered, problems: Problems| gathered.extend(problems);
    let entries = lists::gather(&args.suspects, &files)
        .map_err(|problems| take(&mut gathered, problems))
        .ok();
    let scope = scope_file::read(&args.scope, now)
        .map_err(|problems| take(&mut gathered, problems))
        .ok();
    let scope = scope.map(|scope| at_depth(args, scope, &mut gathered));
    let all = link.zip(entries).zip(scope);
    let all = gathered.or(all)?;
    let ((link, entries), scope) = all.expect("what is missing was told");
    Ok((link, entries, scope))
}

/// A scan may ask less of its targets than the scope allows, never more.
fn at_depth(args: &Args, mut file: ScopeFile, gathered: &mut Gathered) -> ScopeFile {
    if let Some(depth) = args.depth {
        if depth > file.scope.depth {
            gathered.push(Problem::new(
                Place::named(format!("--depth {}", depth.as_str())),
                format!("the scope allows {}", file.scope.depth.as_str()),
                "the scope's depth, or a lesser one",
            ));
        } else {
            file.scope.depth = depth;
        }
    }
    file
}

/// The scope, with what the store excludes inside its networks: the appliance enforces that too.
fn with_exclusions(mut scope: Scope, exclusions: &[Exclusion]) -> Result<Scope, Failure> {
    for exclusion in exclusions {
        let Excluded::Network(network) = exclusion.what else {
            continue;
        };
        let concerns = scope
            .networks
            .iter()
            .any(|inside| inside.holds(&network) || network.holds(inside));
        let known = scope.exclusions.iter().any(|other| other.holds(&network));
        if !concerns || known {
            continue;
        }
        scope.exclusions.retain(|other| !network.holds(other));
        if scope.exclusions.push(network).is_err() {
            return Err(Failure::input(
                Problem::new(
                    Place::named("exclusions"),
                    "the scope and the store exclude more inside the scope's networks than an appliance keeps",
                    format!("at most {} exclusions", scope.exclusions.capacity()),
                )
                .next("name narrower networks in the scope, or wider exclusions"),
            ));
        }
    }
    Ok(scope)
}

/// What goes to the appliance, and what the host refuses itself: only the host knows domains.
fn sorted_out(
    entries: &[Entry],
    exclusions: &[Exclusion],
) -> (Vec<Suspect>, Vec<(SocketAddr, String)>) {
    let mut list = Vec::new();
    let mut refused = Vec::new();
    for entry in entries {
        match exclusions.iter().find(|it| it.what.holds(entry)) {
            Some(exclusion) => {
                refused.push((entry.endpoint(), format!("excluded: {}", exclusion.reason)));
            }
            None => list.push(entry.suspect()),
        }
    }
    (list, refused)
}

/// Set by the first Ctrl-C; the second ends the program at once.
fn interrupts() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // Without a handler, Ctrl-C ends the program as it always did.
        let _ = signal_hook::flag::register_conditional_shutdown(
            signal,
            128 + signal,
            Arc::clone(&stop),
        );
        let _ = signal_hook::flag::register(signal, Arc::clone(&stop));
    }
    stop
}

/// Why a link failed, and what to do about it.
fn failed(link: Link, error: LinkError) -> Failure {
    let name = match link {
        Link::Sim => "--link sim",
        Link::Direct => "--link direct",
    };
    let problem = |found: String, expected: &str| Problem::new(Place::named(name), found, expected);
    match error {
        LinkError::Unusable(why) => Failure::input(problem(why, "a link that can be used so")),
        LinkError::Session(SessionError::Store(error)) => Failure::Store(error),
        LinkError::Session(SessionError::ScopeRefused(error)) => Failure::input(problem(
            format!("the appliance refuses the scope: {error:?}"),
            "a scope that `postern scope check` accepts",
        )),
        LinkError::Session(SessionError::NoAnswer) => Failure::Appliance(problem(
            "no appliance answered".to_owned(),
            "an appliance that says who it is",
        )),
        LinkError::Session(SessionError::LinkEnded(why)) => Failure::Appliance(
            problem(
                format!("the link ended: {why}"),
                "a link to the end of the scan",
            )
            .next("scan again: what was found is stored"),
        ),
        LinkError::Session(SessionError::Silent) => Failure::Appliance(
            problem(
                "the appliance fell silent".to_owned(),
                "news of the scan every second",
            )
            .next("scan again: what was found is stored"),
        ),
        LinkError::Session(SessionError::Format(format)) => Failure::Appliance(problem(
            format!("the appliance speaks format {format}"),
            "an appliance of this version",
        )),
        LinkError::Session(SessionError::Busy) => Failure::Appliance(problem(
            "the appliance is busy with a scan under another scope".to_owned(),
            "an appliance that is free",
        )),
    }
}

fn report(
    args: &Args,
    store: &mut SqliteStore,
    entries: &[Entry],
    watcher: &Watcher,
    outcome: Option<&Outcome>,
) -> Result<Exit, Failure> {
    let listed: BTreeSet<SocketAddr> = entries.iter().map(Entry::endpoint).collect();
    let seen: BTreeSet<SocketAddr> = watcher.targets().collect();
    let mut cases: Vec<CaseView> = cases::load(store).map_err(Failure::Store)?;
    cases.retain(|view| seen.contains(&view.case.target));
    cases::keep_judgements(store, &cases, now()).map_err(Failure::Store)?;

    let refused: Vec<(SocketAddr, String)> = store
        .refusals()
        .map_err(Failure::Store)?
        .into_iter()
        .filter(|(suspect, _)| listed.contains(suspect) && !seen.contains(suspect))
        .map(|(suspect, why)| (suspect, refusal_words(&why)))
        .collect();
    let missing: Vec<SocketAddr> = listed
        .iter()
        .filter(|suspect| !seen.contains(suspect))
        .filter(|suspect| !refused.iter().any(|(other, _)| other == *suspect))
        .copied()
        .collect();

    let fails = |kind: Kind| args.fail_on.iter().any(|fail_on| matches(*fail_on, kind));
    if let Some(path) = &args.junit {
        write_junit(path, &junit::text(&cases, &refused, &missing, fails))?;
    }
    if args.json {
        let lines: String = cases.iter().map(json::line).collect();
        print(&lines)?;
    } else {
        print(&readable(&cases, &refused, &missing))?;
    }
    notices(&refused, args.json, outcome);

    Ok(if cases.is_empty() && missing.is_empty() {
        Exit::Usage
    } else if cases.iter().any(|view| fails(view.verdict().kind)) {
        Exit::Matched
    } else {
        Exit::Done
    })
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
