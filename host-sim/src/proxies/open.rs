//! Proxies that connect strangers to our sink.

use std::time::Duration;

use super::{
    BOTH, CONFIRMED, Connects, GRANTED, Is, Proxy, SECOND,
    request::How::{Connect, Gateway, Get, Post, Socks4, Socks4a, Socks5, Socks5Ipv6, Socks5Name},
    rules::{Grants, LastLine, Lets, OPEN, Rules},
    way,
};

const HTTP: &[super::request::How] = &[Connect, Get, Post];
const SOCKS: &[super::request::How] = &[Socks4, Socks4a, Socks5, Socks5Ipv6, Socks5Name];

const TUNNELS: &[Connects] = &[way("http-connect", BOTH), way("http-connect-split", BOTH)];
/// A transparent forwarder hands on the sink's greeting as well as its page.
const ANY_HTTP: &[Connects] = &[
    way("http-connect", BOTH),
    way("http-connect-split", BOTH),
    way("http-get", BOTH),
    way("http-post", BOTH),
];
const ANY_SOCKS: &[Connects] = &[
    way("socks4", BOTH),
    way("socks4a", BOTH),
    way("socks5", BOTH),
    way("socks5-ipv6", BOTH),
    way("socks5-name", BOTH),
];
const MIXED: &[Connects] = &[
    way("http-connect", BOTH),
    way("http-connect-split", BOTH),
    way("http-get", BOTH),
    way("http-post", BOTH),
    way("socks4", BOTH),
    way("socks4a", BOTH),
    way("socks5", BOTH),
    way("socks5-ipv6", BOTH),
    way("socks5-name", BOTH),
];

/// As [`Proxy`], for what connects.
const fn open(
    name: &'static str,
    about: &'static str,
    port: u16,
    truth: &'static [Connects],
    rules: Rules,
) -> Proxy {
    Proxy {
        name,
        about,
        port,
        truth,
        expected: CONFIRMED,
        is: Is::Proxy(rules),
    }
}

pub(super) const FAMILY: &[Proxy] = &[
    open(
        "open-http",
        "connects and fetches for everybody, whatever comes back",
        3128,
        ANY_HTTP,
        Rules {
            speaks: HTTP,
            ..OPEN
        },
    ),
    open(
        "open-connect",
        "connects for everybody, and fetches nothing",
        8080,
        TUNNELS,
        Rules {
            speaks: &[Connect],
            ..OPEN
        },
    ),
    open(
        "connect-split",
        "wants the last line of a CONNECT in a segment of its own, or hangs up",
        8080,
        &[way("http-connect-split", BOTH)],
        Rules {
            speaks: &[Connect],
            last_line: LastLine::Apart,
            ..OPEN
        },
    ),
    open(
        "connect-split-or-nothing",
        "wants the last line of a CONNECT in a segment of its own, or says nothing",
        8080,
        &[way("http-connect-split", BOTH)],
        Rules {
            speaks: &[Connect],
            last_line: LastLine::ApartOrNothing,
            ..OPEN
        },
    ),
    open(
        "get-only",
        "fetches pages for everybody, and knows neither CONNECT nor POST",
        80,
        &[way("http-get", SECOND)],
        Rules {
            speaks: &[Get],
            only_pages: true,
            ..OPEN
        },
    ),
    open(
        "get-anything",
        "fetches for everybody, and hands on what is no page",
        80,
        &[way("http-get", BOTH)],
        Rules {
            speaks: &[Get],
            ..OPEN
        },
    ),
    open(
        "post-only",
        "posts for everybody, and does nothing else",
        80,
        &[way("http-post", SECOND)],
        Rules {
            speaks: &[Post],
            only_pages: true,
            ..OPEN
        },
    ),
    open(
        "open-socks4",
        "SOCKS4 for everybody, by address only",
        1080,
        &[way("socks4", BOTH)],
        Rules {
            speaks: &[Socks4],
            ..OPEN
        },
    ),
    open(
        "open-socks4a",
        "SOCKS4 for everybody, by name only",
        1080,
        &[way("socks4a", BOTH)],
        Rules {
            speaks: &[Socks4a],
            ..OPEN
        },
    ),
    open(
        "open-socks5",
        "SOCKS5 for everybody, by address and by name",
        1080,
        &[
            way("socks5", BOTH),
            way("socks5-ipv6", BOTH),
            way("socks5-name", BOTH),
        ],
        Rules {
            speaks: &[Socks5, Socks5Ipv6, Socks5Name],
            ..OPEN
        },
    ),
    open(
        "socks5-ipv4-only",
        "SOCKS5 for everybody, to IPv4 addresses only",
        1080,
        &[way("socks5", BOTH)],
        Rules {
            speaks: &[Socks5],
            ..OPEN
        },
    ),
    open(
        "socks5-ipv6-only",
        "SOCKS5 for everybody, to IPv6 addresses only",
        1080,
        &[way("socks5-ipv6", BOTH)],
        Rules {
            speaks: &[Socks5Ipv6],
            ..OPEN
        },
    ),
    open(
        "socks5-names-only",
        "SOCKS5 for everybody, by name only",
        1080,
        &[way("socks5-name", BOTH)],
        Rules {
            speaks: &[Socks5Name],
            ..OPEN
        },
    ),
    open(
        "open-socks",
        "SOCKS4 and SOCKS5 for everybody",
        1080,
        ANY_SOCKS,
        Rules {
            speaks: SOCKS,
            ..OPEN
        },
    ),
    open(
        "open-gateway",
        "connects to whatever is named in a line",
        23,
        &[way("gateway", BOTH)],
        Rules {
            speaks: &[Gateway],
            ..OPEN
        },
    ),
    open(
        "greeting-gateway",
        "the same, and says who it is first",
        23,
        &[way("gateway", BOTH)],
        Rules {
            speaks: &[Gateway],
            greets: b"WinGate>",
            ..OPEN
        },
    ),
    open(
        "mixed",
        "HTTP and SOCKS on one port, for everybody",
        8888,
        MIXED,
        Rules {
            speaks: &[
                Connect, Get, Post, Socks4, Socks4a, Socks5, Socks5Ipv6, Socks5Name,
            ],
            ..OPEN
        },
    ),
    open(
        "egress-http",
        "its connections come out at another address",
        3128,
        ANY_HTTP,
        Rules {
            speaks: HTTP,
            comes_out_elsewhere: true,
            ..OPEN
        },
    ),
    open(
        "egress-socks",
        "SOCKS whose connections come out at another address",
        1080,
        ANY_SOCKS,
        Rules {
            speaks: SOCKS,
            comes_out_elsewhere: true,
            ..OPEN
        },
    ),
    open(
        "http-not-to-25",
        "connects to every port but that of mail",
        3128,
        &[
            way("http-connect", SECOND),
            way("http-connect-split", SECOND),
        ],
        Rules {
            speaks: &[Connect],
            lets: Lets::Ports(&[8025]),
            ..OPEN
        },
    ),
    open(
        "socks-not-to-25",
        "SOCKS to every port but that of mail",
        1080,
        &[
            way("socks4", SECOND),
            way("socks4a", SECOND),
            way("socks5", SECOND),
            way("socks5-ipv6", SECOND),
            way("socks5-name", SECOND),
        ],
        Rules {
            speaks: SOCKS,
            lets: Lets::Ports(&[8025]),
            ..OPEN
        },
    ),
    open(
        "connects-later",
        "says yes at once, and connects four seconds later",
        1080,
        ANY_SOCKS,
        Rules {
            speaks: SOCKS,
            grants: Grants::AtOnce,
            connects_after: Duration::from_secs(4),
            ..OPEN
        },
    ),
    open(
        "answers-late",
        "takes twelve seconds to connect, and says yes then",
        3128,
        TUNNELS,
        Rules {
            speaks: &[Connect],
            connects_after: Duration::from_secs(12),
            ..OPEN
        },
    ),
    Proxy {
        expected: GRANTED,
        ..open(
            "connects-much-later",
            "says yes at once, and connects when nobody waits any more",
            1080,
            &[
                way("socks4", BOTH),
                way("socks4a", BOTH),
                way("socks5", BOTH),
                way("socks5-ipv6", BOTH),
                way("socks5-name", BOTH),
            ],
            Rules {
                speaks: SOCKS,
                grants: Grants::AtOnce,
                connects_after: Duration::from_secs(40),
                ..OPEN
            },
        )
    },
];
