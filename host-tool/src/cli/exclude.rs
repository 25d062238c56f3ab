//! `postern exclude`.

use probe_core::name::Name;

use super::{args::Exclude, now, open_store, print};
use crate::{
    exit::{Exit, Failure},
    problem::{Place, Problem},
    scope_file::{self, describe},
    store::{Excluded, Exclusion, Store as _},
};

pub(super) fn run(args: &Exclude) -> Result<Exit, Failure> {
    let what = parse(&args.what).map_err(Failure::input)?;
    if args.reason.trim().is_empty() || args.reason.chars().any(char::is_control) {
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
            reason: args.reason.trim().to_owned(),
            since: now(),
        })
        .map_err(Failure::Store)?;
    let text = match &what {
        Excluded::Network(network) => {
            format!(
                "{} is excluded: no scan will probe it\n",
                describe::shown(network)
            )
        }
        Excluded::Domain(name) => format!(
            "{} is excluded: no scan will probe what a list says is this domain's\n",
            name.as_str()
        ),
    };
    print(&text)?;
    Ok(Exit::Done)
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
