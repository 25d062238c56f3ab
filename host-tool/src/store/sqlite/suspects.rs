//! What lists and databases say about suspects.

use std::{collections::BTreeMap, net::SocketAddr};

use jiff::Timestamp;
use probe_core::name::Name;

use super::{SqliteStore, endpoint, write};
use crate::{
    import::Reading,
    lists::{About, Claim, Listing},
    scope_file,
    store::{Imported, StoreError, open},
};

/// What the lists say about an address and port, and besides what they say about the address at other ports:
/// there an entry counts where it says itself what it is of.
pub(super) fn about(ports: &[(u16, About)], port: u16) -> About {
    let of_port = ports.iter().find(|(at, _)| *at == port);
    let mut about = of_port.map(|(_, about)| about.clone()).unwrap_or_default();
    for (_, other) in ports.iter().filter(|(at, _)| *at != port) {
        let mut other = other.clone();
        other.listings.retain(|it| it.claim != Claim::Suspect);
        about.merge(other);
    }
    about
}

impl SqliteStore {
    /// Keeps what is read, all or none.
    pub(super) fn take_in(
        &mut self,
        reading: &mut dyn Reading,
        now: Timestamp,
    ) -> Result<Option<Imported>, StoreError> {
        let path = self.path.clone();
        let mut work = || -> rusqlite::Result<Option<Imported>> {
            let transaction = self
                .connection
                .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let before = write::counts(&transaction)?;
            while let Some(entry) = reading.next() {
                write::note(&transaction, &entry, Some(now), now)?;
            }
            if !reading.is_sound() {
                return Ok(None);
            }
            let after = write::counts(&transaction)?;
            transaction.commit()?;
            Ok(Some(Imported {
                suspects: after.suspects - before.suspects,
                listings: after.listings - before.listings,
            }))
        };
        work().map_err(|error| open::explain(&path, &error))
    }

    /// What the lists say about the suspects that a condition holds for.
    pub(super) fn suspects_where(
        &self,
        condition: &str,
    ) -> Result<Vec<(SocketAddr, About)>, StoreError> {
        let mut listings: BTreeMap<i64, Vec<Listing>> = BTreeMap::new();
        let rows = self.rows(
            &format!(
                "SELECT suspect, listed_by, listed_on, listed_code, listed_since, listed_as
                 FROM listings JOIN suspects ON suspects.id = suspect
                 WHERE {condition} ORDER BY listings.rowid"
            ),
            [],
            |row| {
                let day = |at| -> rusqlite::Result<Option<jiff::civil::Date>> {
                    let text: Option<String> = row.get(at)?;
                    Ok(text.and_then(|text| text.parse().ok()))
                };
                let code: String = row.get(3)?;
                let claim: String = row.get(5)?;
                let listing = Listing {
                    by: row.get(1)?,
                    on: day(2)?,
                    since: day(4)?,
                    code: (!code.is_empty()).then_some(code),
                    // A word that a later program wrote says something that this one cannot hold
                    // against anybody.
                    claim: match claim.as_str() {
                        "" => Claim::Suspect,
                        word => Claim::parse(word).unwrap_or(Claim::Other),
                    },
                };
                Ok((row.get::<_, i64>(0)?, listing))
            },
        )?;
        for (suspect, listing) in rows {
            listings.entry(suspect).or_default().push(listing);
        }
        self.rows(
            &format!(
                "SELECT id, address, port, name, domains, country, language, contact, network,
                        time_zone
                 FROM suspects WHERE {condition} ORDER BY id"
            ),
            [],
            |row| {
                let name: Option<String> = row.get(3)?;
                let domains: String = row.get(4)?;
                let network: Option<String> = row.get(8)?;
                let about = About {
                    name: name.and_then(|text| Name::new(&text).ok()),
                    domains: domains
                        .split_whitespace()
                        .filter_map(|text| Name::new(text).ok())
                        .collect(),
                    country: row.get(5)?,
                    language: row.get(6)?,
                    contact: row.get(7)?,
                    network: network.and_then(|text| scope_file::network(&text).ok()),
                    time_zone: row.get(9)?,
                    listings: listings.remove(&row.get(0)?).unwrap_or_default(),
                };
                Ok((endpoint(row, 1)?, about))
            },
        )
    }
}
