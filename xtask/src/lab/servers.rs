//! The mail servers of the lab: how each is made, what it truly does, and what postern must say about it.
//!
//! Truth and verdicts are declared by hand, from each program's own documentation; nothing here is computed.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::plan::{HUB, server_ipv4, server_ipv6};

/// One mail server of the lab.
pub(crate) struct Server {
    /// Short name: of its folder, log and process record.
    pub(crate) name: &'static str,
    pub(crate) make: Make,
    pub(crate) truth: Truth,
    /// Verdict and reason at full depth without test messages.
    pub(crate) asked: &'static str,
    /// Verdict and reason with test messages, those under forged senders included.
    pub(crate) proved: &'static str,
    /// The last part of its addresses.
    pub(super) host: u8,
}

/// Program and configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Make {
    /// Debian's postfix; what differs from the file that its package writes, line by line.
    Postfix(Gate, &'static [&'static str]),
    /// Debian's exim4-daemon-light.
    Exim(Gate, Callouts),
    /// Debian's opensmtpd.
    OpenSmtpd(Gate),
}

/// Whether strangers may relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// As Debian ships it.
    Closed,
    /// Anybody may send to anybody.
    Open,
}

/// Whether Exim asks the mail exchangers of sender and recipient before it answers RCPT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callouts {
    Off,
    On,
}

/// What becomes of a stranger's mail to our sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    /// Denied at RCPT.
    Closed,
    /// Taken as mail for its own users, where a form can be read so.
    KeepsLocally,
    /// Accepted and thrown away.
    Discards,
    /// Denied at DATA.
    RefusesAtData,
    /// Denied after the dot.
    RefusesAfterDot,
    /// Accepted and returned to its sender.
    Bounces,
    /// Passed on: which forms, in words, and the address that brings them to the sink.
    Relays(&'static str, Ipv4Addr),
}

impl Truth {
    /// In a column of a table.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Closed => "denies at RCPT",
            Self::KeepsLocally => "keeps for its users",
            Self::Discards => "accepts, discards",
            Self::RefusesAtData => "denies at DATA",
            Self::RefusesAfterDot => "denies after the dot",
            Self::Bounces => "accepts, bounces",
            Self::Relays(forms, _) => forms,
        }
    }
}

impl Server {
    pub(crate) fn ipv4(&self) -> Ipv4Addr {
        server_ipv4(self.host)
    }

    pub(crate) fn ipv6(&self) -> Ipv6Addr {
        server_ipv6(self.host)
    }

    /// What it calls itself; its addresses resolve to this name and back.
    pub(crate) fn host_name(&self) -> String {
        format!("mx.{}", self.domain())
    }

    /// The domain whose mail it takes.
    pub(crate) fn domain(&self) -> String {
        format!("{}.example", self.name)
    }

    /// Whether it puts a first attempt off for longer than an ordinary run lasts.
    pub(crate) fn is_greylisted(&self) -> bool {
        matches!(self.make, Make::Postfix(_, lines) if lines.contains(&GREYLISTED))
    }
}

/// The servers that are what their packages make of them, closed or open to all: those that are
/// recorded for the simulator, and that a board scans.
pub(crate) fn as_shipped() -> impl Iterator<Item = &'static Server> {
    SERVERS.iter().take(6)
}

/// The port where postgrey waits, on the servers' loopback.
pub(super) const POSTGREY_PORT: u16 = 10_023;
/// The ports where postsrsd rewrites senders, and turns what it has rewritten back.
pub(super) const SRS_PORTS: [u16; 2] = [10_001, 10_002];

const GREYLISTED: &str = "smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:10023";
const TO_THE_HUB: &str = "relayhost = [192.0.2.100]";

const OPEN: &str = "suspected accepts-anything";
const CLOSED: &str = "closed relay-denied";
const PROVED: &str = "confirmed message-returned";

/// Every mail server that is scanned, in the order of the reports.
pub(crate) const SERVERS: [Server; 20] = [
    Server {
        name: "postfix-closed",
        make: Make::Postfix(Gate::Closed, &[]),
        truth: Truth::Closed,
        asked: CLOSED,
        proved: CLOSED,
        host: 10,
    },
    Server {
        name: "postfix-open",
        make: Make::Postfix(Gate::Open, &[]),
        truth: Truth::Relays("relays", server_ipv4(11)),
        asked: OPEN,
        proved: PROVED,
        host: 11,
    },
    Server {
        name: "exim-closed",
        make: Make::Exim(Gate::Closed, Callouts::Off),
        truth: Truth::Closed,
        asked: CLOSED,
        proved: CLOSED,
        host: 20,
    },
    Server {
        name: "exim-open",
        make: Make::Exim(Gate::Open, Callouts::Off),
        truth: Truth::Relays("relays", server_ipv4(21)),
        asked: OPEN,
        proved: PROVED,
        host: 21,
    },
    Server {
        name: "opensmtpd-closed",
        make: Make::OpenSmtpd(Gate::Closed),
        truth: Truth::Closed,
        asked: "closed recipient-refused",
        proved: "closed recipient-refused",
        host: 30,
    },
    Server {
        name: "opensmtpd-open",
        make: Make::OpenSmtpd(Gate::Open),
        truth: Truth::Relays("relays", server_ipv4(31)),
        asked: OPEN,
        proved: PROVED,
        host: 31,
    },
    Server {
        name: "greylist-closed",
        make: Make::Postfix(Gate::Closed, &[GREYLISTED]),
        truth: Truth::Closed,
        asked: CLOSED,
        proved: CLOSED,
        host: 12,
    },
    Server {
        name: "greylist-open",
        make: Make::Postfix(Gate::Open, &[GREYLISTED]),
        truth: Truth::Relays("relays after 300 s", server_ipv4(13)),
        asked: OPEN,
        proved: PROVED,
        host: 13,
    },
    Server {
        name: "discards",
        make: Make::Postfix(Gate::Open, &["default_transport = discard:thrown away"]),
        truth: Truth::Discards,
        asked: OPEN,
        proved: "accepted nothing-returned",
        host: 14,
    },
    Server {
        name: "denies-at-data",
        make: Make::Postfix(Gate::Open, &["smtpd_data_restrictions = reject"]),
        truth: Truth::RefusesAtData,
        asked: OPEN,
        proved: "closed refused-at-data",
        host: 15,
    },
    Server {
        name: "denies-after-dot",
        make: Make::Postfix(
            Gate::Open,
            &["header_checks = static:{REJECT strangers' mail is not passed on}"],
        ),
        truth: Truth::RefusesAfterDot,
        asked: OPEN,
        proved: "closed refused-at-data",
        host: 16,
    },
    Server {
        name: "bounces",
        make: Make::Postfix(
            Gate::Open,
            &[
                "default_transport = error:5.7.1 strangers' mail is not passed on",
                "smtpd_reject_unlisted_recipient = no",
                // Its bounces do leave.
                "transport_maps = inline:{ {probe.example = smtp:} {far-probe.example = smtp:} \
                 {own-probe.example = smtp:} }",
            ],
        ),
        truth: Truth::Bounces,
        asked: OPEN,
        proved: "inconclusive bounced",
        host: 17,
    },
    Server {
        // The classic of two hops: one that passes on whatever names a domain behind it, and one
        // behind it that trusts the first and reads the percent sign.
        name: "percent",
        make: Make::Postfix(
            Gate::Closed,
            &[
                "mydestination = localhost",
                "relay_domains = $mydomain $myhostname",
                "allow_untrusted_routing = yes",
                TO_THE_HUB,
            ],
        ),
        truth: Truth::Relays("relays percent, 2 hops", HUB),
        asked: "inconclusive local-or-relay",
        proved: PROVED,
        host: 18,
    },
    Server {
        name: "forged-local",
        make: Make::Postfix(
            Gate::Closed,
            &["smtpd_relay_restrictions = permit_mynetworks \
                 check_sender_access inline:{{$mydomain = OK}} defer_unauth_destination"],
        ),
        truth: Truth::Relays("relays own senders", server_ipv4(19)),
        asked: "suspected recipient-accepted",
        proved: PROVED,
        host: 19,
    },
    Server {
        name: "null-sender",
        make: Make::Postfix(
            Gate::Closed,
            &["smtpd_relay_restrictions = permit_mynetworks \
                 check_sender_access inline:{{<> = OK}} defer_unauth_destination"],
        ),
        truth: Truth::Relays("relays null sender", server_ipv4(22)),
        asked: "suspected recipient-accepted",
        proved: PROVED,
        host: 22,
    },
    Server {
        name: "postmaster-only",
        make: Make::Postfix(
            Gate::Closed,
            &[
                "smtpd_relay_restrictions = permit_mynetworks reject_unauth_destination",
                "smtpd_recipient_restrictions = \
                 check_recipient_access inline:{{postmaster@ = OK}} reject",
            ],
        ),
        truth: Truth::Closed,
        asked: CLOSED,
        proved: CLOSED,
        host: 23,
    },
    Server {
        name: "catch-all",
        make: Make::Postfix(
            Gate::Closed,
            &[
                "local_recipient_maps =",
                "luser_relay = everybody",
                "alias_maps = inline:{{everybody = /tmp/everybody/}}",
                "allow_untrusted_routing = yes",
                "allow_percent_hack = no",
                "swap_bangpath = no",
                "resolve_dequoted_address = no",
                "resolve_null_domain = yes",
            ],
        ),
        truth: Truth::KeepsLocally,
        asked: "inconclusive local-or-relay",
        proved: "inconclusive local-or-relay",
        host: 24,
    },
    Server {
        name: "callouts-closed",
        make: Make::Exim(Gate::Closed, Callouts::On),
        truth: Truth::Closed,
        asked: CLOSED,
        proved: CLOSED,
        host: 26,
    },
    Server {
        name: "callouts-open",
        make: Make::Exim(Gate::Open, Callouts::On),
        truth: Truth::Relays("relays", server_ipv4(27)),
        asked: "suspected recipient-accepted",
        proved: PROVED,
        host: 27,
    },
    Server {
        // Senders become SRS0=…, recipients get an extension, and another server carries on.
        name: "rewrites",
        make: Make::Postfix(
            Gate::Open,
            &[
                TO_THE_HUB,
                "sender_canonical_maps = tcp:127.0.0.1:10001",
                "sender_canonical_classes = envelope_sender",
                "recipient_canonical_maps = tcp:127.0.0.1:10002 regexp:/etc/postfix/extend",
                "recipient_canonical_classes = envelope_recipient header_recipient",
            ],
        ),
        truth: Truth::Relays("relays rewritten, 2 hops", HUB),
        asked: OPEN,
        proved: PROVED,
        host: 28,
    },
];

/// The second hop of two servers. It stands outside the scope: nobody but the two may talk to it.
pub(super) const SECOND_HOP: Server = Server {
    name: "hub",
    make: Make::Postfix(
        Gate::Closed,
        &[
            "mynetworks = 192.0.2.18 192.0.2.28 [2001:db8:25::18] [2001:db8:25::28]",
            "mydestination = $myhostname $mydomain localhost percent.example mx.percent.example",
        ],
    ),
    truth: Truth::Closed,
    asked: CLOSED,
    proved: CLOSED,
    host: 100,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_alike_in_both_families() {
        let server = &SERVERS[1];
        assert_eq!(server.ipv4().to_string(), "192.0.2.11");
        assert_eq!(server.ipv6().to_string(), "2001:db8:25::11");
    }

    #[test]
    fn only_who_relays_is_to_be_confirmed() {
        for server in &SERVERS {
            let relays = matches!(server.truth, Truth::Relays(..));
            assert_eq!(server.proved == PROVED, relays, "{}", server.name);
        }
    }

    #[test]
    fn what_configurations_name_is_where_they_say() {
        assert!(GREYLISTED.ends_with(&format!(":{POSTGREY_PORT}")));
        assert_eq!(TO_THE_HUB, format!("relayhost = [{HUB}]"));
        assert_eq!(SECOND_HOP.ipv4(), HUB);
        for server in &SERVERS {
            if let Make::Postfix(_, lines) = server.make
                && lines.contains(&TO_THE_HUB)
            {
                let Make::Postfix(_, hub) = SECOND_HOP.make else {
                    panic!("the second hop is a Postfix");
                };
                let trusted = format!(" {} ", server.ipv4());
                assert!(hub[0].contains(&trusted), "{}", server.name);
            }
        }
    }
}
