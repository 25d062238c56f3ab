//! What must not be probed: what somebody excluded, and what objections exclude.

use jiff::Timestamp;
use probe_core::name::Name;
use rusqlite::{Transaction, params};

use super::SqliteStore;
use crate::{
    scope_file,
    store::{Excluded, Exclusion, StoreError},
};

impl SqliteStore {
    pub(super) fn all_exclusions(&self) -> Result<Vec<Exclusion>, StoreError> {
        let rows = self.rows(
            "SELECT kind, what, reason, since_utc FROM exclusions ORDER BY id",
            [],
            |row| {
                let words: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
                Ok((words, row.get::<_, i64>(3)?))
            },
        )?;
        let asked = rows.into_iter().map(|([kind, what, reason], since)| {
            // An exclusion that cannot be read must never be skipped: someone was promised it.
            let unreadable = || self.damaged(&format!("the exclusion {what:?}"));
            let excluded = match kind.as_str() {
                "network" => scope_file::network(&what)
                    .map(Excluded::Network)
                    .map_err(|_| unreadable())?,
                _ => Excluded::Domain(Name::new(&what).map_err(|_| unreadable())?),
            };
            Ok(Exclusion {
                what: excluded,
                reason,
                since: Timestamp::from_second(since).map_err(|_| unreadable())?,
            })
        });
        let mut exclusions = asked.collect::<Result<Vec<_>, StoreError>>()?;
        for objection in self.all_objections()? {
            exclusions.extend(objection.exclusions());
        }
        Ok(exclusions)
    }
}

pub(super) fn add(transaction: &Transaction<'_>, exclusion: &Exclusion) -> rusqlite::Result<()> {
    let (kind, what) = named(&exclusion.what);
    transaction.execute(
        "INSERT INTO exclusions (kind, what, reason, since_utc) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
        params![kind, what, exclusion.reason, exclusion.since.as_second()],
    )?;
    Ok(())
}

/// False where nothing of that name is excluded.
pub(super) fn remove(transaction: &Transaction<'_>, what: &Excluded) -> rusqlite::Result<bool> {
    let (kind, what) = named(what);
    let gone = transaction.execute(
        "DELETE FROM exclusions WHERE kind = ?1 AND what = ?2",
        params![kind, what],
    )?;
    Ok(gone > 0)
}

/// How the table of exclusions names something.
fn named(what: &Excluded) -> (&'static str, String) {
    match what {
        Excluded::Network(network) => ("network", scope_file::describe::shown(network)),
        Excluded::Domain(name) => ("domain", name.as_str().to_owned()),
    }
}
