//! The demonstration: a world of some forty addresses in six countries, the lists of suspects that
//! databases might give of them (servers that may relay, and proxies), and a scope that allows to probe them.
//!
//! All addresses and names are of the ranges that are kept for documentation (RFC 5737, RFC 3849,
//! RFC 2606).

mod proxies;
mod scope;
mod table;

use std::net::SocketAddr;

use probe_core::{name::Name, suspect::Suspect};

pub use proxies::{LIST_ZONE, PROXIES, ProxyRow, proxies_csv};
pub(crate) use scope::{asked_at, asking_proxies_at};
pub use scope::{asking_proxies, delivering, scope, scope_toml, scope_toml_of_every_probe};
pub use table::{Country, LISTED_BY, LISTED_CODE, PORT, ROWS, Row, There};

use crate::{
    lists::{self, RESOLVER},
    peers::Personality,
    world::{Site, World},
};

/// The seed of the demonstration, unless another is asked for.
pub const SEED: u64 = 1;

/// The demonstration's world.
pub fn world(seed: u64) -> World {
    let resolver = lists::resolver(&[proxies::list()]);
    let world = World::empty(seed).with_resolver(RESOLVER.into(), resolver);
    let world = ROWS
        .iter()
        .fold(world, |world, row| world.with(row.endpoint(), row.site()));
    PROXIES.iter().fold(world, |world, row| {
        world.with(row.endpoint(), Site::Proxy(row.proxy()))
    })
}

/// The list of suspects as CSV with a header, in the columns that `postern scan --targets` reads.
pub fn suspects_csv() -> String {
    let mut csv = String::from(
        "address,port,name,domains,country,language,contact,listed_by,listed_on,listed_code\n",
    );
    for row in ROWS {
        let listing = row.listed_on.map_or(",,".to_owned(), |on| {
            format!("{LISTED_BY},{on},{LISTED_CODE}")
        });
        let (address, host, domain) = (row.address, row.host(), row.domain());
        let Country { code, language, .. } = row.country;
        csv.push_str(&format!(
            "{address},{PORT},{host},{domain},{code},{language},abuse@{domain},{listing}\n"
        ));
    }
    csv
}

/// The same list as the appliance gets it.
pub fn suspects() -> Vec<Suspect> {
    ROWS.iter().map(Row::suspect).collect()
}

impl Row {
    /// Address and port.
    pub fn endpoint(&self) -> SocketAddr {
        let address = self.address.parse().expect("the table holds addresses");
        SocketAddr::new(address, PORT)
    }

    fn suspect(&self) -> Suspect {
        let endpoint = self.endpoint();
        let names = [self.host(), self.domain()]
            .map(|name| Name::new(&name).expect("the table holds names"));
        Suspect {
            address: endpoint.ip(),
            port: endpoint.port(),
            names: names.into_iter().collect(),
        }
    }

    fn site(&self) -> Site {
        match self.there {
            There::Server(name) => {
                let personality = Personality::named(name).expect("the table names personalities");
                Site::Peer(personality.at(&self.host(), &[&self.domain()]))
            }
            There::ClosedPort => Site::ClosedPort,
            There::NoRoute => Site::NoRoute,
            There::Silence => Site::Silent,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn the_world_is_what_the_table_says() {
        let world = world(SEED);
        let rows = ROWS.len() + PROXIES.len();
        assert_eq!(world.sites.len(), rows, "each address and port stands once");
        let of = |pick: fn(&Row) -> &str| ROWS.iter().map(pick).collect::<BTreeSet<_>>();
        assert_eq!(
            of(|row| row.country.code),
            BTreeSet::from(["DE", "DK", "FR", "GB", "IT", "PL"])
        );
        let mut servers = BTreeMap::<_, u32>::new();
        for row in ROWS {
            if let There::Server(name) = row.there {
                *servers.entry(name).or_default() += 1;
            }
        }
        assert_eq!(servers.len(), 8);
        assert!(servers.values().all(|count| *count >= 2), "{servers:?}");
        assert!(ROWS.iter().any(|row| row.endpoint().is_ipv6()));
    }

    #[test]
    fn the_scope_admits_the_list_but_for_three_lines() {
        let scope = scope(probe_core::scope::Depth::Standard);
        scope.check().unwrap();
        let refused: Vec<_> = suspects()
            .iter()
            .filter_map(|suspect| scope.admit(suspect, world(SEED).began).err())
            .collect();
        assert_eq!(refused.len(), 3, "{refused:?}");
    }

    /// So that a letter is about both, another one about a proxy alone, and some need none.
    #[test]
    fn proxies_stand_beside_a_relay_and_alone() {
        let relays: BTreeSet<_> = ROWS.iter().map(|row| row.endpoint().ip()).collect();
        let of = |row: &&ProxyRow| relays.contains(&row.endpoint().ip());
        let beside: Vec<_> = PROXIES.iter().filter(of).map(|row| row.there).collect();
        assert_eq!(beside, ["open-socks5"]);
        let open = PROXIES.iter().filter(|row| row.proxy().is_open());
        assert_eq!(open.count(), 2);
        let listed = PROXIES.iter().filter(|row| row.listed_code.is_some());
        assert_eq!(listed.count(), 2);
        assert_eq!(proxies_csv().lines().count(), PROXIES.len() + 1);
    }

    #[test]
    fn the_list_has_a_line_for_each_row() {
        let csv = suspects_csv();
        assert_eq!(csv.lines().count(), ROWS.len() + 1);
        for line in csv.lines() {
            assert_eq!(line.split(',').count(), 10, "{line}");
        }
    }
}
