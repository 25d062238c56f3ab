//! What is asked, of whom, and what must come of it: declared by hand.
//!
//! What must come of it is the outcome, how many records are kept, how the answer came, and whether there
//! was more than is kept: `answers 2 udp whole`.

use std::{fmt, net::IpAddr};

use super::{
    dig,
    lists::{BLOCKED, DEAD, EMPTY, HEALTHY, HEALTHY_6, PARKED, REFUSING, TRUNCATING, WILDCARD},
    servers::Server::{
        self, Bind, Datagrams, Dnsmasq, Nobody, Nsd, Rbldnsd, Recursor, Refuses, Rewrites, Silent,
        Unbound,
    },
    zones,
};

const A: u16 = 1;
const PTR: u16 = 12;
pub(super) const MX: u16 = 15;
pub(super) const TXT: u16 = 16;
const AAAA: u16 = 28;
/// Of those for private use.
const OTHER: u16 = 65_280;

/// One question.
#[derive(Clone, Debug)]
pub(super) enum Question {
    /// A type and a name.
    Name(u16, String),
    /// What an address is called.
    Reverse(IpAddr),
    /// A type, and what a list says of an address.
    Listed(u16, IpAddr, &'static str),
}

/// A question to some servers.
pub(super) struct Asked {
    pub(super) servers: &'static [Server],
    pub(super) question: Question,
    pub(super) expected: &'static str,
}

impl Question {
    /// Which records are wanted.
    pub(super) fn kind(&self) -> u16 {
        match self {
            Self::Name(kind, _) | Self::Listed(kind, ..) => *kind,
            Self::Reverse(_) => PTR,
        }
    }

    /// In arguments of `dig`, which makes a reverse name by itself.
    pub(super) fn for_dig(&self) -> Vec<String> {
        let ask = |kind: u16, name: &str| {
            ["-t", &format!("TYPE{kind}"), "-q", name]
                .map(str::to_owned)
                .to_vec()
        };
        match self {
            Self::Name(kind, name) => ask(*kind, &dig::escaped(name)),
            Self::Reverse(address) => vec!["-x".to_owned(), address.to_string()],
            Self::Listed(kind, address, zone) => ask(*kind, &dig::listed(*address, zone)),
        }
    }
}

/// As `ask-resolver` reads it.
impl fmt::Display for Question {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(kind, name) => write!(out, "name {kind} {name}"),
            Self::Reverse(address) => write!(out, "reverse {address}"),
            Self::Listed(kind, address, zone) => write!(out, "listed {kind} {address} {zone}"),
        }
    }
}

/// Who has the zones.
pub(super) const ZONES: &[Server] = &[Bind, Nsd];
/// Those and who asks them.
pub(super) const BOTH: &[Server] = &[Bind, Nsd, Unbound, Recursor, Dnsmasq, Rewrites];
/// Those but the one that puts an address in place of absence.
pub(super) const HONEST: &[Server] = &[Bind, Nsd, Unbound, Recursor, Dnsmasq];
/// rbldnsd, and those who ask it about one of its lists.
pub(super) const RBLDNSD: &[Server] = &[Rbldnsd, Unbound, Recursor, Dnsmasq];
const BUT_DNSMASQ: &[Server] = &[Bind, Nsd, Unbound, Recursor, Rewrites];
/// Who asks others, and says what they say.
pub(super) const RESOLVERS: &[Server] = &[Unbound, Recursor, Dnsmasq];

#[rustfmt::skip]
const NAMES: &[(&[Server], u16, &str, &str)] = &[
    (BOTH, A, "one.names.example", "answers 1 udp whole"),
    (BOTH, A, "ONE.Names.Example", "answers 1 udp whole"),
    (BOTH, AAAA, "one.names.example", "answers 1 udp whole"),
    (BOTH, A, "two.names.example", "answers 2 udp whole"),
    (BOTH, AAAA, "two.names.example", "no-data 0 udp whole"),
    (BOTH, MX, "mail.names.example", "answers 3 udp whole"),
    (BOTH, MX, "none.names.example", "answers 1 udp whole"),
    (BOTH, TXT, "text.names.example", "answers 1 udp whole"),
    (BOTH, TXT, "texts.names.example", "answers 2 udp whole"),
    (BOTH, TXT, "long.names.example", "answers 1 udp whole"),
    (BOTH, TXT, "longer.names.example", "answers 0 tcp cut"),
    (BOTH, A, "mixed.names.example", "answers 1 udp whole"),
    (BOTH, A, "zero.names.example", "answers 1 udp whole"),
    (BOTH, A, "between.names.example", "no-data 0 udp whole"),
    (BOTH, A, "x.any.names.example", "answers 1 udp whole"),
    (BOTH, OTHER, "other.names.example", "answers 1 udp whole"),
    (BOTH, OTHER, "empty.names.example", "answers 1 udp whole"),
    (BOTH, A, "a b\"(;@ä.names.example", "answers 1 udp whole"),
    (BOTH, A, "forty.names.example", "answers 40 udp whole"),
    (BOTH, A, "crowd.names.example", "answers some tcp cut"),
    (BOTH, MX, "exchangers.names.example", "answers some udp cut"),
    (BOTH, A, "eight1.names.example", "answers 1 udp whole"),
    (BOTH, A, "nine1.names.example", "malformed:Aliases 0 udp whole"),
    (HONEST, A, "nothing.names.example", "no-such-name 0 udp whole"),
    (HONEST, MX, "nowhere.names.example", "no-such-name 0 udp whole"),
    (ZONES, A, "loop.names.example", "malformed:Aliases 0 udp whole"),
    (RESOLVERS, A, "loop.names.example", "server-failure 0 udp whole"),
    (ZONES, A, "www.sub.names.example", "referral 0 udp whole"),
    (RESOLVERS, A, "www.sub.names.example", "server-failure 0 udp whole"),
    // Who only has the zones does not know where the alias leads.
    (&[Bind], A, "away.names.example", "no-data 0 udp whole"),
    (&[Nsd, Unbound, Recursor, Dnsmasq], A, "away.names.example", "answers 1 udp whole"),
    (HONEST, A, "www.broken.example", "server-failure 0 udp whole"),
    (RESOLVERS, A, "www.abandoned.example", "server-failure 0 udp whole"),
    (&[Unbound, Dnsmasq], A, "www.redirected.example", "answers 1 udp whole"),
    (&[Unbound, Dnsmasq], A, "www.forbidden.example", "refused 0 udp whole"),
    (ZONES, A, "www.stranger.example", "refused 0 udp whole"),
    (&[Refuses], A, "one.names.example", "refused 0 udp whole"),
    (&[Rewrites], A, "nothing.names.example", "answers 1 udp whole"),
    (&[Rewrites], TXT, "nothing.names.example", "answers 1 udp whole"),
    (&[Silent, Nobody], A, "one.names.example", "no-answer 0 udp whole"),
];

#[rustfmt::skip]
const ADDRESSES: &[(&[Server], &str, &str)] = &[
    (BOTH, "192.0.2.25", "answers 1 udp whole"),
    // dnsmasq remembers one name, and no alias on the way to it.
    (BUT_DNSMASQ, "192.0.2.26", "answers 2 udp whole"),
    (BUT_DNSMASQ, "192.0.2.27", "answers 1 udp whole"),
    (BOTH, "192.0.2.28", "answers 1 udp whole"),
    (BOTH, "192.0.2.29", "answers 1 udp whole"),
    (HONEST, "192.0.2.30", "no-such-name 0 udp whole"),
    (BOTH, "2001:db8::25", "answers 1 udp whole"),
    (HONEST, "2001:db8::26", "no-such-name 0 udp whole"),
];

#[rustfmt::skip]
const LISTED: &[(&[Server], u16, &str, &str, &str)] = &[
    (BOTH, A, "127.0.0.2", HEALTHY, "answers 1 udp whole"),
    (BOTH, TXT, "127.0.0.2", HEALTHY, "answers 1 udp whole"),
    (HONEST, A, "127.0.0.1", HEALTHY, "no-such-name 0 udp whole"),
    (BOTH, A, "::ffff:7f00:2", HEALTHY, "answers 1 udp whole"),
    (HONEST, A, "::ffff:7f00:1", HEALTHY, "no-such-name 0 udp whole"),
    (BOTH, A, "192.0.2.25", HEALTHY, "answers 2 udp whole"),
    (BOTH, TXT, "192.0.2.25", HEALTHY, "answers 1 udp whole"),
    (BOTH, A, "192.0.2.26", HEALTHY, "answers 1 udp whole"),
    (BOTH, TXT, "192.0.2.26", HEALTHY, "no-data 0 udp whole"),
    (BOTH, A, "192.0.2.27", HEALTHY, "no-data 0 udp whole"),
    (BOTH, A, "2001:db8::25", HEALTHY, "answers 2 udp whole"),
    (HONEST, A, "127.0.0.2", EMPTY, "no-such-name 0 udp whole"),
    (HONEST, A, "127.0.0.2", DEAD, "server-failure 0 udp whole"),
    (BOTH, A, "127.0.0.1", WILDCARD, "answers 1 udp whole"),
    (BOTH, A, "2001:db8::26", WILDCARD, "answers 1 udp whole"),
    (BOTH, A, "127.0.0.1", PARKED, "answers 1 udp whole"),
    (BOTH, A, "127.0.0.1", BLOCKED, "answers 1 udp whole"),
    (BOTH, TXT, "127.0.0.1", BLOCKED, "answers 1 udp whole"),
    (ZONES, A, "127.0.0.2", REFUSING, "refused 0 udp whole"),
    // What others refuse to it a resolver calls a failure.
    (&[Unbound, Recursor, Dnsmasq, Rewrites], A, "127.0.0.2", REFUSING, "server-failure 0 udp whole"),
    (BOTH, A, "192.0.2.25", TRUNCATING, "answers some tcp cut"),
    (BOTH, TXT, "192.0.2.25", TRUNCATING, "answers some tcp cut"),
    (&[Datagrams], A, "127.0.0.2", TRUNCATING, "answers 1 udp whole"),
    (&[Datagrams], A, "192.0.2.25", TRUNCATING, "no-answer 0 tcp whole"),
    // Absence with an address in its place.
    (&[Rewrites], A, "127.0.0.1", HEALTHY, "answers 1 udp whole"),
    (&[Rewrites], A, "127.0.0.2", EMPTY, "answers 1 udp whole"),
    (&[Rbldnsd], A, "127.0.0.2", HEALTHY, "answers 1 udp whole"),
    (&[Rbldnsd], TXT, "127.0.0.2", HEALTHY, "answers 1 udp whole"),
    (&[Rbldnsd], A, "127.0.0.1", HEALTHY, "no-such-name 0 udp whole"),
    (&[Rbldnsd], A, "192.0.2.25", HEALTHY, "answers 2 udp whole"),
    (&[Rbldnsd], TXT, "192.0.2.25", HEALTHY, "answers 2 udp whole"),
    (&[Rbldnsd], A, "192.0.2.65", HEALTHY, "answers 1 udp whole"),
    (&[Rbldnsd], A, "192.0.2.70", HEALTHY, "no-such-name 0 udp whole"),
    (RBLDNSD, A, "::ffff:7f00:2", HEALTHY_6, "answers 1 udp whole"),
    (RBLDNSD, A, "::ffff:7f00:1", HEALTHY_6, "no-such-name 0 udp whole"),
    (RBLDNSD, A, "2001:db8:bad::9", HEALTHY_6, "answers 1 udp whole"),
    (RBLDNSD, TXT, "2001:db8:bad::9", HEALTHY_6, "answers 1 udp whole"),
    (RBLDNSD, A, "2001:db8:bad::1", HEALTHY_6, "no-such-name 0 udp whole"),
    (&[Rbldnsd], A, "127.0.0.2", EMPTY, "no-such-name 0 udp whole"),
    (&[Rbldnsd], A, "127.0.0.1", WILDCARD, "answers 1 udp whole"),
    (&[Rbldnsd], A, "127.0.0.2", TRUNCATING, "answers 1 udp whole"),
    (&[Rbldnsd], A, "192.0.2.25", TRUNCATING, "answers some udp cut"),
    (&[Rbldnsd], A, "127.0.0.2", DEAD, "refused 0 udp whole"),
];

/// Everything that is asked.
pub(super) fn all() -> Vec<Asked> {
    let address = |text: &str| -> IpAddr { text.parse().expect("an address of the table") };
    let limits = [
        (A, zones::longest_name(), "answers 1 udp whole"),
        (A, zones::deepest_name(), "answers 1 udp whole"),
        (MX, "far.names.example".to_owned(), "answers 1 udp whole"),
    ];
    let names = NAMES.iter().map(|&(servers, kind, name, expected)| Asked {
        servers,
        question: Question::Name(kind, name.to_owned()),
        expected,
    });
    let limits = limits.into_iter().map(|(kind, name, expected)| Asked {
        servers: BOTH,
        question: Question::Name(kind, name),
        expected,
    });
    let addresses = ADDRESSES.iter().map(|&(servers, text, expected)| Asked {
        servers,
        question: Question::Reverse(address(text)),
        expected,
    });
    let listed = LISTED
        .iter()
        .map(|&(servers, kind, text, zone, expected)| Asked {
            servers,
            question: Question::Listed(kind, address(text), zone),
            expected,
        });
    names.chain(limits).chain(addresses).chain(listed).collect()
}
