//! Who lists an address: the databases of the lists that named it, and the block lists that were asked
//! about it.

use std::{collections::BTreeMap, net::IpAddr};

use jiff::tz::TimeZone;
use probe_core::{evidence::Standing, name::Name};

use super::{CaseView, JobView};
use crate::{
    lists::{Claim, Listing},
    output::timestamp,
    scope_file::ScopeList,
};

/// An entry of a database about an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The entry.
    pub listing: Listing,
    /// Whether a letter or an event may name the database: its terms of use decide, as the scope file had
    /// them when it was asked. What a list of suspects says may be named.
    pub may_be_quoted: bool,
    /// Whether we asked it ourselves.
    pub is_lookup: bool,
}

/// Entries by the addresses that they are about.
#[derive(Debug, Default)]
pub(super) struct Lookups(BTreeMap<IpAddr, Vec<Listed>>);

impl Lookups {
    /// What block lists have said in these jobs, oldest first: of each list its newest word counts.
    pub(super) fn add(&mut self, address: IpAddr, jobs: &[JobView]) {
        let mut words: BTreeMap<&str, Vec<Listed>> = BTreeMap::new();
        for job in jobs {
            let zones = job.evidence.dnsbl().into_iter().flat_map(|it| it.zones());
            for zone in zones {
                match &zone.standing {
                    Standing::Listed { .. } => {
                        words.insert(zone.zone.as_str(), entries(job, &zone.zone, &zone.standing));
                    }
                    Standing::NotListed => {
                        words.insert(zone.zone.as_str(), Vec::new());
                    }
                    Standing::NotAsked | Standing::NoIpv6 | Standing::Unknown(_) => {}
                }
            }
        }
        let entries = self.0.entry(address).or_default();
        entries.extend(words.into_values().flatten());
    }

    /// Everything that is known to list the address of a case.
    pub(super) fn of(&self, view: &CaseView) -> Vec<Listed> {
        let named = view.case.about.listings.iter().map(|listing| Listed {
            listing: listing.clone(),
            may_be_quoted: true,
            is_lookup: false,
        });
        let asked = self.0.get(&view.case.target.ip()).into_iter().flatten();
        named.chain(asked.cloned()).collect()
    }
}

/// An entry for each code. What a code means is known from the scope file of the scan.
fn entries(job: &JobView, zone: &Name, standing: &Standing) -> Vec<Listed> {
    let Standing::Listed { codes, .. } = standing else {
        return Vec::new();
    };
    let list = job.lists.iter().find(|list| list.zone == *zone);
    let on = timestamp(job.ended).to_zoned(TimeZone::UTC).date();
    let entry = |code: &std::net::Ipv4Addr| Listed {
        listing: Listing {
            by: zone.as_str().to_owned(),
            on: Some(on),
            since: None,
            code: Some(code.to_string()),
            claim: list.map_or(Claim::Other, |list| list.claim(*code)),
        },
        may_be_quoted: list.is_some_and(|list: &ScopeList| list.may_be_quoted),
        is_lookup: true,
    };
    codes.all().iter().map(entry).collect()
}
