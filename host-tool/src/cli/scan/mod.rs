//! `postern scan`.

mod expand;
pub(super) mod failure;
mod imported;
mod inputs;
mod order;
pub(super) mod report;
mod resume;

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicBool},
};

use host_sim::{demo, host::PROVING};
use probe_core::{
    frame::message::{Ended, Proving},
    scope::Scope,
    suspect::Suspect,
    token::Key,
};

use self::{inputs::Inputs, report::Scanned};
use super::{args::Scan as Args, now, open_store, site as own_names};
use crate::{
    exit::{Exit, Failure},
    link::{Link, Settings},
    lists::Entry,
    output::{self, expected::Expectations, progress::Watcher},
    problem::{Place, Problem},
    session::Scan,
    site,
    store::{Excluded, Exclusion, SqliteStore, Store as _},
};

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let inputs = Inputs::read(args)?;
    if !inputs.link.is_trusted() {
        return Err(Failure::input(failure::not_trusted(&inputs.link)));
    }
    let mut store = open_store(&args.store)?;
    let exclusions = store.exclusions().map_err(Failure::Store)?;
    let sources = site::sources(&inputs.scope, inputs.link == Link::Direct);
    let scope = with_exclusions(inputs.scope.scope.clone(), &exclusions)?;

    store
        .note(&inputs.suspects.entries, now())
        .map_err(Failure::Store)?;
    let (list, refused) = sorted_out(&inputs.targets, &exclusions);
    store.refused(&refused, now()).map_err(Failure::Store)?;

    let mut watcher = Watcher::new(list.len(), interrupts());
    let outcome = if list.is_empty() {
        None
    } else {
        let world = match &inputs.scenario {
            Some(scenario) => scenario.world.clone(),
            None => demo::world(args.seed.unwrap_or(demo::SEED)),
        };
        let settings = Settings {
            world,
            began: inputs.began,
            capture: inputs.capture,
        };
        let proving = Proving {
            key: match inputs.key {
                Some(key) => key,
                None => key(&inputs.link, &mut store)?,
            },
            deliver: args.deliver,
        };
        // A simulated world has no names but its own.
        if !scope.lab && !inputs.link.is_simulated() {
            let checks = own_names::check(&scope, sources, Some(proving.key))?;
            own_names::may_scan(&checks, args.deliver)?;
            own_names::tell_whose_way(&scope, inputs.link != Link::Direct);
        }
        let how = (&scope, &proving);
        let begun = resume::begin(args, &inputs.link, how, &list, &mut store, &mut watcher)?;
        let scan = Scan {
            id: begun.id,
            scope: &scope,
            lists: &inputs.scope.lists,
            addresses: &inputs.scope.addresses,
            proving,
            list: &list,
            utc: output::utc(inputs.began),
            began: begun.at,
            resumes: begun.before,
            refusals_since: resume::refusals_since(&inputs.link),
        };
        let outcome = inputs.link.scan(settings, &scan, &mut store, &mut watcher);
        watcher.finish();
        let outcome =
            outcome.map_err(|error| failure::explain(args, &inputs.link, inputs.began, error))?;
        if outcome.ended.is_some() {
            store.scan_is_over(scan.id).map_err(Failure::Store)?;
        }
        if outcome.ended == Some(Ended::NoPath) {
            return Err(own_names::no_path(&scope, outcome.path));
        }
        Some(outcome)
    };
    let entries = &inputs.targets;
    let scanned = Scanned::gather(&mut store, &scope, entries, refused, &watcher, outcome)?;
    let held = match &inputs.scenario {
        Some(scenario) => scanned.held(scenario, scope.depth, args.deliver, entries),
        None => Expectations::new(),
    };
    report::repeated(inputs.suspects.repeated);
    report::print(args, &scanned, &held)
}

/// What tokens are made with. A simulated scan with a seed is the same octet for octet in
/// every new store.
fn key(link: &Link, store: &mut SqliteStore) -> Result<Key, Failure> {
    if link.is_simulated() {
        Ok(PROVING.key)
    } else {
        store.key(now()).map_err(Failure::Store)
    }
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
    (order::interleaved(list), refused)
}

/// Set by the first Ctrl-C; the second ends the program at once.
pub(super) fn interrupts() -> Arc<AtomicBool> {
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
