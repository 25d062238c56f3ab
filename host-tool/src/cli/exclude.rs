//! `postern exclude`.

use probe_core::name::Name;

use super::{args::Exclude, now, open_store, open_store_to_read, print};
use crate::{
    exit::{Exit, Failure},
    output::{
        self, minute,
        table::{Cell, Table},
    },
    problem::{Place, Problem},
    scope_file::{self, describe},
    store::{Excluded, Exclusion, Store as _},
};

pub(super) fn run(args: &Exclude) -> Result<Exit, Failure> {
    match (&args.what, &args.lift) {
        (Some(what), _) => exclude(args, what),
        (None, Some(what)) => lift(args, what),
        (None, None) => list(args),
    }
}

fn exclude(args: &Exclude, what: &str) -> Result<Exit, Failure> {
    let what = parse(what).map_err(Failure::input)?;
    let reason = args.reason.as_deref().unwrap_or_default().trim();
    if reason.is_empty() || reason.chars().any(char::is_control) {
        return Err(Failure::input(Problem::new(
            Place::named("--reason"),
            "there is no reason in it",
            "who asked for it, and when, on one line",
        )));
    }
    let mut store = open_store(&args.store)?;
    store
        .exclude(&Exclusion {
            what: what.clone(),
            reason: reason.to_owned(),
            since: now(),
        })
        .map_err(Failure::Store)?;
    let consequence = match &what {
        Excluded::Network(_) => "no scan will probe it",
        Excluded::Domain(_) => "no scan will probe what a list says is this domain's",
    };
    print(&format!("{} is excluded: {consequence}\n", shown(&what)))?;
    Ok(Exit::Done)
}

fn lift(args: &Exclude, text: &str) -> Result<Exit, Failure> {
    let what = parse(text).map_err(Failure::input)?;
    let mut store = open_store(&args.store)?;
    let was_excluded = store.include(&what).map_err(Failure::Store)?;
    let others = store.exclusions().map_err(Failure::Store)?;
    if !was_excluded {
        let problem = Problem::new(
            Place::named(format!("--lift {text}")),
            "nobody has excluded exactly this",
            "a line of `postern exclude --list`",
        );
        let by_objection = others.iter().any(|it| it.what == what);
        return Err(Failure::input(if by_objection {
            problem.next("an objection excludes it: decide about that with `postern objections`")
        } else {
            problem
        }));
    }
    let mut text = format!("{} is not excluded any more\n", shown(&what));
    for other in others.iter().filter(|it| overlap(&it.what, &what)) {
        text.push_str(&format!(
            "but {} still is: {}\n",
            shown(&other.what),
            other.reason
        ));
    }
    print(&text)?;
    Ok(Exit::Done)
}

fn overlap(one: &Excluded, other: &Excluded) -> bool {
    match (one, other) {
        (Excluded::Network(one), Excluded::Network(other)) => one.holds(other) || other.holds(one),
        (Excluded::Domain(one), Excluded::Domain(other)) => {
            one.is_under(other) || other.is_under(one)
        }
        _ => false,
    }
}

fn list(args: &Exclude) -> Result<Exit, Failure> {
    let store = open_store_to_read(&args.store)?;
    let exclusions = store.exclusions().map_err(Failure::Store)?;
    let mut table = Table::new(&["Excluded", "Since", "Why"]);
    for exclusion in exclusions {
        table.push(vec![
            Cell::new(shown(&exclusion.what)),
            Cell::new(minute(exclusion.since)),
            Cell::new(exclusion.reason),
        ]);
    }
    let text = if table.is_empty() {
        "nothing is excluded\n".to_owned()
    } else {
        table.render(output::width())
    };
    print(&text)?;
    Ok(Exit::Done)
}

fn shown(what: &Excluded) -> String {
    match what {
        Excluded::Network(network) => describe::shown(network),
        Excluded::Domain(name) => name.as_str().to_owned(),
    }
}

fn parse(text: &str) -> Result<Excluded, Problem> {
    let problem = |found: String| {
        Problem::new(
            Place::named(format!("argument {text}")),
            found,
            "an address, a network such as 192.0.2.0/24, or a domain",
        )
    };
    let looks_numeric = text.contains([':', '/']) || !text.chars().any(char::is_alphabetic);
    if looks_numeric {
        return scope_file::network(text)
            .map(|network| Excluded::Network(canonical(network)))
            .map_err(problem);
    }
    Name::new(text)
        .map(Excluded::Domain)
        .map_err(|_| problem(format!("{text:?} is neither")))
}

/// An IPv4-mapped address is the IPv4 address.
fn canonical(network: probe_core::scope::Network) -> probe_core::scope::Network {
    let single = probe_core::scope::Network::single(network.address);
    if network == single {
        probe_core::scope::Network::single(network.address.to_canonical())
    } else {
        network
    }
}
