//! The proxies of the lab: how each is made, what it truly does, and what postern must say about it.
//!
//! Truth and verdicts are declared by hand, from each program's own documentation; nothing here is computed.

mod dante;
mod haproxy;
mod lists;
mod microsocks;
mod nginx;
mod peers;
mod scan;
mod squid;
mod tinyproxy;

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    thread,
    time::{Duration, Instant},
};

use super::{
    greeting,
    plan::{NEAR, server_ipv4, server_ipv6},
    process,
};
use crate::{
    debian,
    failure::{Failure, Result},
};

pub(super) use lists::resolver_lines;
pub(crate) use scan::{hold_board, prove, prove_beside_others, through_board};

/// A proxy of the lab, or what only looks like one.
pub(crate) struct Proxy {
    /// Short name: of its folder, log and process record.
    pub(crate) name: &'static str,
    make: Make,
    /// The protocols in which it connects a stranger to our sink, in the order of their numbers.
    pub(crate) opens: &'static [&'static str],
    /// Verdict and reason.
    pub(crate) verdict: &'static str,
    /// The last part of its addresses.
    host: u8,
    pub(crate) port: u16,
}

/// Program and configuration.
#[derive(Clone, Copy)]
enum Make {
    /// Debian's squid.
    Squid(squid::Gate),
    /// Debian's tinyproxy.
    Tinyproxy(tinyproxy::Gate),
    /// Debian's nginx.
    Nginx(nginx::Site),
    /// Debian's haproxy, which answers everything with 200.
    Haproxy,
    /// Debian's dante-server.
    Dante(dante::Gate),
    /// Debian's microsocks.
    Microsocks(microsocks::Gate),
}

/// How long a proxy may take from its start until it listens.
const READY_WITHIN: Duration = Duration::from_secs(30);

const CONFIRMED: &str = "confirmed connection-returned";
const DENIED: &str = "closed proxy-denied";
const AUTH: &str = "closed auth-required";
const NO_PROXY: &str = "closed not-a-proxy";

const HTTP: &[&str] = &[
    "http-connect",
    "http-connect-split",
    "http-get",
    "http-post",
];
const FORWARDS: &[&str] = &["http-get", "http-post"];

/// Every proxy.
pub(crate) const PROXIES: [Proxy; 16] = [
    Proxy {
        name: "squid-open",
        make: Make::Squid(squid::Gate::Open),
        opens: HTTP,
        verdict: CONFIRMED,
        host: 36,
        port: 3128,
    },
    Proxy {
        // As Debian ships it: for this machine alone.
        name: "squid-closed",
        make: Make::Squid(squid::Gate::AsShipped),
        opens: &[],
        verdict: DENIED,
        host: 37,
        port: 3128,
    },
    Proxy {
        name: "squid-login",
        make: Make::Squid(squid::Gate::Login),
        opens: &[],
        verdict: AUTH,
        host: 38,
        port: 3128,
    },
    Proxy {
        // Open to all, with the shipped limits: CONNECT to port 443 alone, requests to ports over 1024.
        name: "squid-ports",
        make: Make::Squid(squid::Gate::OpenWithPorts),
        opens: FORWARDS,
        verdict: CONFIRMED,
        host: 39,
        port: 3128,
    },
    Proxy {
        name: "tinyproxy-open",
        make: Make::Tinyproxy(tinyproxy::Gate::Open),
        opens: HTTP,
        verdict: CONFIRMED,
        host: 40,
        port: 8888,
    },
    Proxy {
        name: "tinyproxy-closed",
        make: Make::Tinyproxy(tinyproxy::Gate::AsShipped),
        opens: &[],
        verdict: DENIED,
        host: 41,
        port: 8888,
    },
    Proxy {
        name: "tinyproxy-login",
        make: Make::Tinyproxy(tinyproxy::Gate::Login),
        opens: &[],
        verdict: AUTH,
        host: 42,
        port: 8888,
    },
    Proxy {
        // CONNECT to port 443 alone.
        name: "tinyproxy-ports",
        make: Make::Tinyproxy(tinyproxy::Gate::OpenWithPorts),
        opens: FORWARDS,
        verdict: CONFIRMED,
        host: 43,
        port: 8888,
    },
    Proxy {
        // Hands requests on to whatever host they name, and knows no CONNECT.
        name: "nginx-forwards",
        make: Make::Nginx(nginx::Site::Forwards),
        opens: FORWARDS,
        verdict: CONFIRMED,
        host: 44,
        port: 80,
    },
    Proxy {
        // A web server with the same page for everything.
        name: "nginx-page",
        make: Make::Nginx(nginx::Site::Page),
        opens: &[],
        verdict: NO_PROXY,
        host: 45,
        port: 80,
    },
    Proxy {
        // Says 200 to everything, CONNECT included.
        name: "haproxy-yes",
        make: Make::Haproxy,
        opens: &[],
        verdict: NO_PROXY,
        host: 46,
        port: 8080,
    },
    Proxy {
        // Takes the address of SOCKS4a for one of SOCKS4.
        name: "dante-open",
        make: Make::Dante(dante::Gate::Open),
        opens: &["socks4", "socks5", "socks5-ipv6", "socks5-name"],
        verdict: CONFIRMED,
        host: 47,
        port: 1080,
    },
    Proxy {
        name: "dante-closed",
        make: Make::Dante(dante::Gate::Closed),
        opens: &[],
        verdict: DENIED,
        host: 48,
        port: 1080,
    },
    Proxy {
        name: "dante-login",
        make: Make::Dante(dante::Gate::Login),
        opens: &[],
        verdict: AUTH,
        host: 49,
        port: 1080,
    },
    Proxy {
        name: "microsocks-open",
        make: Make::Microsocks(microsocks::Gate::Open),
        opens: &["socks5", "socks5-ipv6", "socks5-name"],
        verdict: CONFIRMED,
        host: 50,
        port: 1080,
    },
    Proxy {
        name: "microsocks-login",
        make: Make::Microsocks(microsocks::Gate::Login),
        opens: &[],
        verdict: AUTH,
        host: 51,
        port: 1080,
    },
];

impl Proxy {
    pub(crate) fn ipv4(&self) -> Ipv4Addr {
        server_ipv4(self.host)
    }

    pub(crate) fn ipv6(&self) -> Ipv6Addr {
        server_ipv6(self.host)
    }

    fn host_name(&self) -> String {
        format!("{}.example", self.name)
    }

    fn endpoint(&self) -> SocketAddr {
        SocketAddr::new(IpAddr::V4(self.ipv4()), self.port)
    }
}

/// Extracts what the proxies need, before several want the same at once.
pub(super) fn extract() -> Result<()> {
    let bundles = [
        &squid::BUNDLE,
        &tinyproxy::BUNDLE,
        &nginx::BUNDLE,
        &haproxy::BUNDLE,
        &dante::BUNDLE,
        &microsocks::BUNDLE,
    ];
    bundles
        .into_iter()
        .try_for_each(|bundle| debian::root(bundle).map(drop))
}

/// Starts one and waits until it listens.
pub(super) fn start(proxy: &Proxy) -> Result<()> {
    match proxy.make {
        Make::Squid(gate) => squid::start(proxy, gate),
        Make::Tinyproxy(gate) => tinyproxy::start(proxy, gate),
        Make::Nginx(site) => nginx::start(proxy, site),
        Make::Haproxy => haproxy::start(proxy),
        Make::Dante(gate) => dante::start(proxy, gate),
        Make::Microsocks(gate) => microsocks::start(proxy, gate),
    }?;
    let deadline = Instant::now() + READY_WITHIN;
    while !listens(proxy) {
        let runs = process::alive(proxy.name).is_some();
        if !runs || Instant::now() > deadline {
            let log = process::log_file(proxy.name);
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            let state = if runs { "does not listen" } else { "has ended" };
            return Err(Failure::new(format!(
                "{} at {} {state}; its log:\n{said}",
                proxy.name,
                proxy.endpoint()
            ))
            .next(log.display().to_string()));
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Whether it runs and takes connections.
pub(super) fn is_well(proxy: &Proxy) -> bool {
    process::alive(proxy.name).is_some() && listens(proxy)
}

fn listens(proxy: &Proxy) -> bool {
    greeting::connects(NEAR.namespace, proxy.endpoint())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_opens_is_confirmed_and_nobody_else() {
        for proxy in &PROXIES {
            assert_eq!(
                !proxy.opens.is_empty(),
                proxy.verdict == CONFIRMED,
                "{}",
                proxy.name
            );
        }
    }
}
