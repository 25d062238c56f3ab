//! Proxies that connect no stranger to our sink.

use super::{
    DENIED, GRANTED, Is, LOGIN, Proxy, always,
    request::How::{
        self, Connect, Gateway, Get, Post, Socks4, Socks4a, Socks5, Socks5Ipv6, Socks5Name,
    },
    rules::{Grants, Lets, Login, OPEN, Rules},
};
use probe_core::verdict::{Kind, Reason, Verdict};

const HTTP: &[How] = &[Connect, Get, Post];
const SOCKS5: &[How] = &[Socks5, Socks5Ipv6, Socks5Name];

const PORT_LIMITED: [Verdict; 3] = always(Kind::Inconclusive, Reason::PortLimited);

const fn closed(
    name: &'static str,
    about: &'static str,
    port: u16,
    expected: [Verdict; 3],
    rules: Rules,
) -> Proxy {
    Proxy {
        name,
        about,
        port,
        truth: &[],
        expected,
        is: Is::Proxy(rules),
    }
}

pub(super) const FAMILY: &[Proxy] = &[
    closed(
        "closed-http",
        "says 403 to strangers",
        3128,
        DENIED,
        Rules {
            speaks: HTTP,
            lets: Lets::Nobody,
            ..OPEN
        },
    ),
    closed(
        "closed-socks4",
        "says 5B to strangers",
        1080,
        DENIED,
        Rules {
            speaks: &[Socks4, Socks4a],
            lets: Lets::Nobody,
            ..OPEN
        },
    ),
    closed(
        "closed-socks5",
        "says 02 to strangers",
        1080,
        DENIED,
        Rules {
            speaks: SOCKS5,
            lets: Lets::Nobody,
            ..OPEN
        },
    ),
    closed(
        "login-http",
        "says 407",
        8080,
        LOGIN,
        Rules {
            speaks: HTTP,
            lets: Lets::WithLogin,
            ..OPEN
        },
    ),
    closed(
        "login-socks5",
        "takes no method without a login",
        1080,
        LOGIN,
        Rules {
            speaks: SOCKS5,
            lets: Lets::WithLogin,
            ..OPEN
        },
    ),
    closed(
        "password-socks5",
        "wants user and password, which nobody offered",
        1080,
        LOGIN,
        Rules {
            speaks: SOCKS5,
            lets: Lets::WithLogin,
            login: Login::Password,
            ..OPEN
        },
    ),
    closed(
        "web-ports-only",
        "connects to 80 and 443, and says 403 to the rest",
        3128,
        DENIED,
        Rules {
            speaks: HTTP,
            lets: Lets::Ports(&[80, 443]),
            ..OPEN
        },
    ),
    closed(
        "socks5-web-ports-only",
        "SOCKS5 to 80 and 443, and 02 to the rest",
        1080,
        DENIED,
        Rules {
            speaks: SOCKS5,
            lets: Lets::Ports(&[80, 443]),
            ..OPEN
        },
    ),
    closed(
        "http-gets-nowhere",
        "says 502: it cannot get to either port of ours",
        3128,
        PORT_LIMITED,
        Rules {
            speaks: &[Connect],
            lets: Lets::NowhereAtAll,
            ..OPEN
        },
    ),
    closed(
        "socks5-gets-nowhere",
        "says 05: it cannot get to either port of ours",
        1080,
        PORT_LIMITED,
        Rules {
            speaks: SOCKS5,
            lets: Lets::NowhereAtAll,
            ..OPEN
        },
    ),
    closed(
        "socks5-to-nobody",
        "says yes to everything, and connects nobody",
        1080,
        GRANTED,
        Rules {
            speaks: SOCKS5,
            grants: Grants::AndNothingMore,
            ..OPEN
        },
    ),
    closed(
        "connect-to-nobody",
        "says 200 to everything that could be, and connects nobody",
        8080,
        GRANTED,
        Rules {
            speaks: &[Connect],
            grants: Grants::AndNothingMore,
            ..OPEN
        },
    ),
    closed(
        "closed-gateway",
        "a gateway that says that it cannot",
        23,
        always(Kind::Closed, Reason::NotAProxy),
        Rules {
            speaks: &[Gateway],
            lets: Lets::Nobody,
            ..OPEN
        },
    ),
];
