//! Cases to write letters about. Addresses and names are those reserved for documentation.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use host_tool::letters::{
    Language, Profile,
    model::{
        Caveat, FindingFacts, LetterFacts, Line, Listing, Probed, Product, ProxyProtocol,
        Recipient, Returned, Side, SubjectKind, Tested,
    },
};
use probe_core::{
    scope::Depth,
    time::Utc,
    verdict::{Kind, Reason, Verdict},
};

/// 2026-11-21T09:30:00Z.
const WRITTEN: Utc = Utc(1_795_253_400);
const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

/// A letter about `findings` to a recipient in the language's own country.
pub(crate) fn letter(
    reference: &str,
    language: Language,
    findings: Vec<FindingFacts>,
) -> LetterFacts {
    let country = match language {
        Language::Pl => "PL",
        Language::Fr => "FR",
        Language::Da => "DK",
        Language::De => "DE",
        Language::It => "IT",
        Language::En => "GB",
        Language::DeAt => "AT",
        Language::DeLi => "LI",
        Language::DeCh | Language::FrCh | Language::ItCh => "CH",
    };
    LetterFacts {
        reference: reference.into(),
        written: WRITTEN,
        recipient: Recipient {
            contact: Some("abuse@hosting.example".into()),
            organisation: Some("Hosting Example".into()),
            country: Some(country.into()),
            ..Recipient::default()
        },
        findings,
    }
}

/// `count` findings of a kind. A letter about both at one address has a finding for each.
pub(crate) fn several(
    kind: SubjectKind,
    count: u8,
    finding: fn(u8) -> FindingFacts,
) -> Vec<FindingFacts> {
    let protocols = ProxyProtocol::ALL.iter().cycle();
    let first = if count == 1 { 25 } else { 1 };
    let octets = first..first + count;
    match kind {
        SubjectKind::Relay => octets.map(finding).collect(),
        SubjectKind::Proxy => octets
            .zip(protocols)
            .map(|(octet, protocol)| proxy(*protocol, finding(octet)))
            .collect(),
        SubjectKind::Both if count == 1 => {
            vec![finding(25), proxy(ProxyProtocol::Socks5, finding(25))]
        }
        SubjectKind::Both => octets
            .zip(protocols)
            .map(|(octet, protocol)| match octet % 2 {
                0 => proxy(*protocol, finding(octet)),
                _ => finding(octet),
            })
            .collect(),
    }
}

/// Listed, and not tested; or tested, and nothing is said of it.
pub(crate) fn listed(last_octet: u8) -> FindingFacts {
    undecided(last_octet, Reason::Greylisted)
}

/// Listed, and a recipient was accepted at RCPT.
pub(crate) fn suspected(last_octet: u8) -> FindingFacts {
    FindingFacts {
        endpoint: endpoint(last_octet),
        probed: Probed::Relay,
        also: Vec::new(),
        host_name: Some(format!("mx{last_octet}.hosting.example")),
        first_seen: Utc(WRITTEN.0 - DAY - 76 * MINUTE),
        last_seen: Utc(WRITTEN.0 - 46 * MINUTE),
        verdict: Some(Verdict {
            kind: Kind::Suspected,
            reason: Reason::RecipientAccepted,
        }),
        listings: vec![Listing {
            by: "relays.dnsbl.example".into(),
            on: Some(jiff::civil::date(2026, 11, 1)),
            since: None,
            code: Some("127.0.0.2".into()),
        }],
        tested: Some(Tested {
            depth: Depth::Standard,
            answered: 12,
            accepted: 2,
            refused: 10,
            accepted_forms: vec![
                "F1 T1  MAIL FROM:<s@probe.example>  RCPT TO:<u@sink.example>".into(),
                "F2 T1  MAIL FROM:<>  RCPT TO:<u@sink.example>".into(),
            ],
        }),
        product: Some(Product::Postfix),
        transcript: vec![
            said(Side::Server, "220 mx.hosting.example ESMTP Postfix"),
            said(Side::Client, "EHLO probe.example"),
            said(Side::Server, "250-mx.hosting.example"),
            said(Side::Server, "250-PIPELINING"),
            said(Side::Server, "250 8BITMIME"),
            said(Side::Client, "MAIL FROM:<s@probe.example>"),
            said(Side::Server, "250 2.1.0 Ok"),
            said(Side::Client, "RCPT TO:<u@sink.example>"),
            said(Side::Server, "250 2.1.5 Ok"),
            said(Side::Client, "QUIT"),
            said(Side::Server, "221 2.0.0 Bye"),
        ],
        returned: None,
        caveats: vec![Caveat::PathUnverified],
    }
}

/// As [`suspected`], and anything else was accepted, too.
pub(crate) fn suspected_of_anything(last_octet: u8) -> FindingFacts {
    FindingFacts {
        verdict: Some(Verdict {
            kind: Kind::Suspected,
            reason: Reason::AcceptsAnything,
        }),
        product: Some(Product::Sendmail),
        ..suspected(last_octet)
    }
}

/// Listed, and our message was taken, but did not come back.
pub(crate) fn accepted(last_octet: u8) -> FindingFacts {
    FindingFacts {
        verdict: Some(Verdict {
            kind: Kind::Accepted,
            reason: Reason::RecipientAccepted,
        }),
        product: Some(Product::Exim),
        ..suspected(last_octet)
    }
}

/// Listed, and the test could not decide.
pub(crate) fn undecided(last_octet: u8, reason: Reason) -> FindingFacts {
    FindingFacts {
        first_seen: Utc(WRITTEN.0 - 46 * MINUTE),
        verdict: Some(Verdict {
            kind: Kind::Inconclusive,
            reason,
        }),
        tested: Some(Tested {
            depth: Depth::Quick,
            answered: 1,
            accepted: 0,
            refused: 0,
            accepted_forms: Vec::new(),
        }),
        product: None,
        transcript: vec![
            said(Side::Server, "220 mx.hosting.example ESMTP"),
            said(Side::Client, "EHLO probe.example"),
            said(Side::Server, "250 mx.hosting.example"),
            said(Side::Client, "MAIL FROM:<s@probe.example>"),
            said(Side::Server, "250 2.1.0 Ok"),
            said(Side::Client, "RCPT TO:<u@sink.example>"),
            said(
                Side::Server,
                "451 4.7.1 \u{201e}Später\u{201c} \u{1b}[1mtry again\u{1b}[0m in 300 seconds, see \
                 https://mx.hosting.example/greylisting",
            ),
        ],
        caveats: Vec::new(),
        ..suspected(last_octet)
    }
}

/// Our own message came back, by way of another address.
pub(crate) fn confirmed(last_octet: u8) -> FindingFacts {
    FindingFacts {
        verdict: Some(Verdict {
            kind: Kind::Confirmed,
            reason: Reason::RecipientAccepted,
        }),
        listings: Vec::new(),
        tested: Some(Tested {
            depth: Depth::Full,
            ..suspected(last_octet).tested.unwrap()
        }),
        returned: Some(Returned {
            at: Utc(WRITTEN.0 - 40 * MINUTE),
            from: IpAddr::V4(Ipv4Addr::new(198, 51, 100, last_octet)),
            name: None,
            form: None,
            accepted: 1,
            came_back: 1,
            told: Vec::new(),
        }),
        ..suspected(last_octet)
    }
}

/// One of two messages came back, by way of two other servers.
pub(crate) fn confirmed_in_part(last_octet: u8) -> FindingFacts {
    let finding = confirmed(last_octet);
    let returned = finding.returned.map(|returned| Returned {
        name: Some("out.hosting.example".into()),
        form: Some("F1:T1".into()),
        accepted: 2,
        told: [
            "EHLO out.hosting.example",
            "MAIL FROM:<s...@probe.example>",
            "RCPT TO:<r...@sink.example>",
            "Received: from mx25.hosting.example (mx25.hosting.example [192.0.2.25]) by \
             out.hosting.example with ESMTPS; Sat, 21 Nov 2026 08:49:58 +0000",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..returned
    });
    FindingFacts {
        returned,
        ..finding
    }
}

/// A proxy instead of a relay: what was asked and said of `finding` becomes a proxy's.
pub(crate) fn proxy(protocol: ProxyProtocol, finding: FindingFacts) -> FindingFacts {
    let (port, product, request, granted) = match protocol {
        ProxyProtocol::HttpConnect => (
            3128,
            Product::Squid,
            "CONNECT 198.51.100.200:25 HTTP/1.0",
            "HTTP/1.1 200 Connection established",
        ),
        ProxyProtocol::HttpForward => (
            8080,
            Product::Nginx,
            "GET http://198.51.100.200:8025/ HTTP/1.0",
            "HTTP/1.1 200 OK",
        ),
        ProxyProtocol::Socks4 => (
            1080,
            Product::HaProxy,
            "04 01 00 19 c6 33 64 c8 00",
            "00 5a",
        ),
        ProxyProtocol::Socks4a => (
            1075,
            Product::Tinyproxy,
            "04 01 00 19 00 00 00 01 00 ...",
            "00 5a",
        ),
        ProxyProtocol::Socks5 => (
            1080,
            Product::Dante,
            "05 01 00 01 c6 33 64 c8 00 19",
            "05 00 00 01",
        ),
        ProxyProtocol::Gateway => (23, Product::Microsocks, "198.51.100.200:25", "Connected"),
    };
    let name = finding.host_name.map(|name| name.replacen("mx", "gw", 1));
    let is_suspected = finding.tested.as_ref().is_some_and(|it| it.accepted > 0);
    FindingFacts {
        endpoint: SocketAddr::new(finding.endpoint.ip(), port),
        probed: Probed::Proxy { protocol },
        host_name: name,
        listings: finding
            .listings
            .into_iter()
            .map(|listing| Listing {
                by: listing.by.replacen("relays", "proxies", 1),
                ..listing
            })
            .collect(),
        tested: finding.tested.map(|tested| Tested {
            answered: tested.answered.min(3),
            accepted: tested.accepted.min(1),
            refused: tested.refused.min(2),
            accepted_forms: if is_suspected {
                vec![request.into()]
            } else {
                Vec::new()
            },
            ..tested
        }),
        product: finding.product.map(|_| product),
        transcript: if is_suspected {
            vec![said(Side::Client, request), said(Side::Server, granted)]
        } else {
            Vec::new()
        },
        ..finding
    }
}

/// Every wording, product, caveat and reason in one letter.
pub(crate) fn everything() -> Vec<FindingFacts> {
    let mut findings = vec![
        confirmed(1),
        accepted(2),
        suspected(3),
        suspected_of_anything(4),
        FindingFacts {
            product: Some(Product::OpenSmtpd),
            caveats: vec![Caveat::Laboratory],
            ..suspected(5)
        },
        FindingFacts {
            product: Some(Product::Exchange),
            endpoint: "[2001:db8:1234:5678:9abc:def0:1234:5678]:587"
                .parse()
                .unwrap(),
            ..suspected(6)
        },
    ];
    findings.extend(
        [
            Reason::NoAnswer,
            Reason::Refused,
            Reason::NotSmtp,
            Reason::NoMailHere,
            Reason::Blocked,
            Reason::SenderRefused,
            Reason::AuthRequired,
            Reason::TlsRequired,
            Reason::TlsVersion,
            Reason::Greylisted,
            Reason::Tarpit,
            Reason::CutOff,
            Reason::LocalOrRelay,
            Reason::NotFormable,
            Reason::Unclear,
        ]
        .into_iter()
        .zip(101..)
        .map(|(reason, last_octet)| FindingFacts {
            transcript: Vec::new(),
            tested: Some(Tested {
                answered: 0,
                ..undecided(last_octet, reason).tested.unwrap()
            }),
            ..undecided(last_octet, reason)
        }),
    );
    findings
}

fn endpoint(last_octet: u8) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last_octet)), 25)
}

fn said(from: Side, text: &str) -> Line {
    Line {
        from,
        text: text.into(),
    }
}

/// As [`everything`], for proxies.
pub(crate) fn everything_of_proxies() -> Vec<FindingFacts> {
    let mut octets = 1..;
    let mut findings = Vec::new();
    for make in [confirmed, accepted, suspected, suspected_of_anything] {
        let octet = octets.next().unwrap();
        findings.push(proxy(ProxyProtocol::HttpConnect, make(octet)));
    }
    findings[0].also = vec![ProxyProtocol::HttpForward];
    for protocol in ProxyProtocol::ALL {
        findings.push(proxy(protocol, suspected(octets.next().unwrap())));
    }
    for reason in [
        Reason::NoAnswer,
        Reason::Refused,
        Reason::NotSmtp,
        Reason::Blocked,
        Reason::Tarpit,
        Reason::CutOff,
        Reason::PortLimited,
        Reason::OwnAddress,
        Reason::Unclear,
    ] {
        let finding = undecided(octets.next().unwrap(), reason);
        findings.push(proxy(ProxyProtocol::Socks5, finding));
    }
    findings
}

/// The five historic letters that are known: Polish, French, German and Italian about a relay,
/// Danish about a proxy.
pub(crate) fn historic() -> Vec<(Language, LetterFacts, Profile)> {
    let two_databases = |mut finding: FindingFacts| {
        let also = Listing {
            by: "open.dnsbl.example".into(),
            on: None,
            since: None,
            code: None,
        };
        finding.listings.push(also);
        finding
    };
    let known = [
        (Language::Pl, "ftc-2003", 25),
        (Language::Fr, "ftc-2003", 25),
        (Language::De, "ftc-2003", 25),
        (Language::It, "ftc-2003", 25),
        (Language::Da, "ftc-2004", 80),
    ];
    known
        .into_iter()
        .map(|(language, profile, octet)| {
            let finding = two_databases(listed(octet));
            let finding = match profile {
                "ftc-2004" => proxy(ProxyProtocol::HttpConnect, finding),
                _ => finding,
            };
            let reference = profile.to_uppercase();
            (
                language,
                letter(&reference, language, vec![finding]),
                Profile::load(profile).unwrap(),
            )
        })
        .collect()
}
