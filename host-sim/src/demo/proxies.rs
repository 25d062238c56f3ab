//! The proxies of the demonstration, and the block list that knows two of its addresses.

use std::net::{IpAddr, SocketAddr};

use probe_core::name::Name;

use super::table::{Country, DE, DK, FR, PL};
use crate::{
    lists::{List, Placed},
    proxies::Proxy,
};

/// A proxy of the demonstration, or what is taken for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyRow {
    /// The address.
    pub address: &'static str,
    /// Where it is.
    pub country: &'static Country,
    /// Its host name.
    pub host: &'static str,
    /// What is there: the proxy of that name, at its usual port.
    pub there: &'static str,
    /// The code under which [`LIST_ZONE`] lists the address.
    pub listed_code: Option<u8>,
}

/// The block list of the demonstration.
pub const LIST_ZONE: &str = "open.dnsbl.example";

/// Every proxy. The first stands beside an open relay.
pub const PROXIES: [ProxyRow; 4] = [
    ProxyRow {
        address: "192.0.2.10",
        country: &PL,
        host: "poczta.piekarnia.example",
        there: "open-socks5",
        listed_code: Some(2),
    },
    ProxyRow {
        address: "198.51.100.16",
        country: &FR,
        host: "passerelle.cordonnerie.example",
        there: "open-connect",
        listed_code: Some(9),
    },
    ProxyRow {
        address: "203.0.113.16",
        country: &DK,
        host: "proxy.smedje.example",
        there: "login-http",
        listed_code: None,
    },
    ProxyRow {
        address: "192.0.2.106",
        country: &DE,
        host: "web.werkstatt.example",
        there: "error-page",
        listed_code: None,
    },
];

impl ProxyRow {
    /// Address and port.
    pub fn endpoint(&self) -> SocketAddr {
        SocketAddr::new(self.ip(), self.proxy().port)
    }

    /// What is there.
    pub fn proxy(&self) -> &'static Proxy {
        Proxy::named(self.there).expect("the table names proxies")
    }

    /// The domain that it belongs to.
    pub fn domain(&self) -> &'static str {
        let parts = self.host.split_once('.');
        parts.expect("the table holds names in domains").1
    }

    fn ip(&self) -> IpAddr {
        self.address.parse().expect("the table holds addresses")
    }
}

/// The list of suspected proxies as CSV with a header, in columns that `postern scan --targets` reads.
pub fn proxies_csv() -> String {
    let mut csv = String::from("address,port,name,domains,country,language,contact\n");
    for row in PROXIES {
        let (address, port) = (row.address, row.proxy().port);
        let (host, domain) = (row.host, row.domain());
        let Country { code, language, .. } = row.country;
        csv.push_str(&format!(
            "{address},{port},{host},{domain},{code},{language},abuse@{domain}\n"
        ));
    }
    csv
}

/// The block list with those whom it has.
pub(super) fn list() -> Placed {
    let kind = List::named("healthy").expect("there is a list that is in order");
    let empty = Placed::at(kind, Name::new(LIST_ZONE).expect("a name"));
    PROXIES
        .iter()
        .fold(empty, |list, row| match row.listed_code {
            Some(code) => list.with_code(row.ip(), code),
            None => list,
        })
}
