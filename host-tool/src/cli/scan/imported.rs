//! Suspects of `postern import` as targets.

use std::{collections::BTreeSet, path::Path};

use crate::{
    lists::{Claim, Entry},
    output::counted,
    problem::{Place, Problem},
    store::{SqliteStore, Store as _},
};

/// What was imported into the store at `path`; with `database` only what that one lists.
pub(super) fn entries(path: &Path, database: Option<&str>) -> Result<Vec<Entry>, Problem> {
    let mut entries = SqliteStore::open_to_read(path)?.imported()?;
    let place = || match database {
        Some(database) => Place::named(format!("--imported={database}")),
        None => Place::named("--imported"),
    };
    if entries.is_empty() {
        return Err(Problem::new(
            place(),
            "nothing was imported into this store",
            "suspects that `postern import` has taken in",
        ));
    }
    if let Some(database) = database {
        let databases: BTreeSet<String> = entries
            .iter()
            .flat_map(|entry| entry.about.listings.iter().map(|it| it.by.clone()))
            .collect();
        let is_meant = |name: &str| name.to_lowercase() == database.to_lowercase();
        entries.retain(|entry| entry.about.listings.iter().any(|it| is_meant(&it.by)));
        if entries.is_empty() {
            let known: Vec<String> = databases.into_iter().collect();
            return Err(Problem::new(
                place(),
                "nothing that was imported is listed by this database",
                format!("one of: {}", known.join(", ")),
            ));
        }
    }
    Ok(entries)
}

/// Says how many no probe of the scan has anything to ask.
pub(super) fn tell_left_out(proxies: usize) {
    if proxies > 0 {
        anstream::eprintln!(
            "postern: {} left out: listed as open proxies alone, and this scan does not probe proxies",
            counted(proxies, "imported suspect is", "imported suspects are")
        );
    }
}

/// Whether databases list it as an open proxy and as nothing else.
pub(super) fn is_proxy_alone(entry: &Entry) -> bool {
    let listings = &entry.about.listings;
    let is_proxy = |claim| matches!(claim, Claim::OpenProxy(_));
    !listings.is_empty() && listings.iter().all(|it| is_proxy(it.claim))
}
