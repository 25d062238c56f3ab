//! What BIND's `dig` says of a question, octet for octet.

use std::{
    net::{IpAddr, Ipv4Addr},
    process::Command,
};

use super::{super::root::SEARCH_PATH, ours::octets, questions::Question};
use crate::{
    debian::{self, Bundle},
    failure::{Failure, Result},
    run,
};

/// Its package.
pub(super) const BUNDLE: Bundle = Bundle {
    name: "dig",
    main: "bind9-dnsutils",
    with: &["bind9-libs"],
    perl: false,
};

/// As the core asks: the same size of datagrams, recursion desired, no cookie. The data of records as
/// octets; a resolver that is silent is silent soon.
const OPTIONS: [&str; 9] = [
    "+unknownformat",
    "+bufsize=1232",
    "+nocookie",
    "+noadflag",
    "+tries=1",
    "+time=1",
    "+nocmd",
    "+nostats",
    "+split=0",
];

/// The record types that say how absence is meant.
const NS: u16 = 2;
const CNAME: u16 = 5;
const SOA: u16 = 6;

/// What a server said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dig {
    /// Empty where nobody answered.
    status: String,
    /// Whether it came over TCP because a datagram had no room for it.
    pub(super) streamed: bool,
    answers: Vec<Record>,
    authority: Vec<Record>,
}

/// A record's lifetime, type and data.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Record {
    ttl_s: u32,
    kind: u16,
    data: Vec<u8>,
}

impl Dig {
    /// Asks.
    pub(super) fn ask(address: IpAddr, question: &Question) -> Result<Self> {
        let mut command = Command::new("chroot");
        command
            .arg(debian::root(&BUNDLE)?)
            .args(["/usr/bin/dig", &format!("@{address}")])
            .args(OPTIONS)
            .args(question.for_dig())
            .env_clear()
            .env("PATH", SEARCH_PATH);
        let said = run::capture(&mut command)?;
        // It says with its status that nobody answered.
        if !said.success && said.status != Some(9) {
            let told = format!("{}: {}", run::describe(&command), said.everything());
            return Err(Failure::new(told));
        }
        Ok(Self::read(&said.out))
    }

    /// From what it prints.
    pub(super) fn read(said: &str) -> Self {
        let mut dig = Self::default();
        let mut section = "";
        for line in said.lines() {
            if let Some(header) = line.strip_prefix(";; ->>HEADER<<- ") {
                let status = header
                    .split(", ")
                    .find_map(|it| it.strip_prefix("status: "));
                status.unwrap_or_default().clone_into(&mut dig.status);
            } else if line.starts_with(";; Truncated, retrying in TCP mode") {
                dig.streamed = true;
            } else if let Some(title) = line.strip_prefix(";; ") {
                section = title;
            } else if let Some(record) = Record::read(line) {
                match section {
                    "ANSWER SECTION:" => dig.answers.push(record),
                    "AUTHORITY SECTION:" => dig.authority.push(record),
                    _ => {}
                }
            }
        }
        dig
    }

    /// In the words of a report.
    pub(super) fn outcome(&self, kind: u16) -> &'static str {
        let has = |kind| self.authority.iter().any(|record| record.kind == kind);
        match self.status.as_str() {
            "" => "no-answer",
            "NXDOMAIN" => "no-such-name",
            "REFUSED" => "refused",
            "SERVFAIL" => "server-failure",
            "NOERROR" if self.records(kind).next().is_some() => "answers",
            "NOERROR" if has(NS) && !has(SOA) => "referral",
            "NOERROR" => "no-data",
            _ => "something else",
        }
    }

    /// The data of each record of this type.
    pub(super) fn records(&self, kind: u16) -> impl Iterator<Item = &[u8]> {
        let records = self.answers.iter().filter(move |it| it.kind == kind);
        records.map(|record| record.data.as_slice())
    }

    /// How many aliases stand before them.
    pub(super) fn aliases(&self) -> usize {
        self.answers.iter().filter(|it| it.kind == CNAME).count()
    }

    /// For how many seconds it holds (RFC 2308, 5).
    pub(super) fn ttl_s(&self, kind: u16) -> u32 {
        if self.outcome(kind) == "answers" {
            let lifetimes = self.answers.iter().map(|record| record.ttl_s);
            return lifetimes.min().unwrap_or(0);
        }
        let absence = self.authority.iter().find_map(|record| {
            (record.kind == SOA).then_some(())?;
            let minimum_s = u32::from_be_bytes(*record.data.last_chunk()?);
            Some(record.ttl_s.min(minimum_s))
        });
        absence.unwrap_or(0)
    }
}

impl Record {
    /// `name 300 CLASS1 TYPE1 \# 4 C0000201`.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace().skip(1);
        let ttl_s = words.next()?.parse().ok()?;
        words.next()?;
        let kind = words.next()?.strip_prefix("TYPE")?.parse().ok()?;
        let length: usize = words.nth(1)?.parse().ok()?;
        let data = octets(&words.collect::<String>())?;
        (data.len() == length).then_some(Self { ttl_s, kind, data })
    }
}

/// A name as dig reads it: everything but letters, digits and the usual signs by its number.
pub(super) fn escaped(name: &str) -> String {
    let octet = |octet: u8| match octet {
        b'.' | b'-' | b'_' => char::from(octet).to_string(),
        _ if octet.is_ascii_alphanumeric() => char::from(octet).to_string(),
        _ => format!("\\{octet:03}"),
    };
    name.bytes().map(octet).collect()
}

/// The name below a list's zone, made without the core (RFC 5782, 2.1 and 2.4).
pub(super) fn listed(address: IpAddr, zone: &str) -> String {
    match address {
        IpAddr::V4(address) => {
            let reversed = u32::from(address).swap_bytes();
            format!("{}.{zone}", Ipv4Addr::from(reversed))
        }
        IpAddr::V6(address) => {
            let digits = format!("{:032x}", u128::from(address));
            let labels: String = digits.chars().rev().flat_map(|it| [it, '.']).collect();
            format!("{labels}{zone}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_an_alias_is_read() {
        let dig = Dig::read(
            ";; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n\
             ;; flags: qr aa rd; QUERY: 1, ANSWER: 2, AUTHORITY: 1, ADDITIONAL: 1\n\n\
             ;; QUESTION SECTION:\n;www.example.\tCLASS1\tTYPE1\n\n;; ANSWER SECTION:\n\
             www.example.\t300\tCLASS1\tTYPE5\t\\# 3 016100\n\
             a.\t77\tCLASS1\tTYPE1\t\\# 4 C0000201\n\n;; AUTHORITY SECTION:\n\
             example.\t60\tCLASS1\tTYPE2\t\\# 1 00\n\n",
        );
        assert_eq!((dig.outcome(1), dig.ttl_s(1)), ("answers", 77));
        assert_eq!(dig.records(1).collect::<Vec<_>>(), [[192, 0, 2, 1]]);
        assert_eq!((dig.aliases(), dig.streamed), (1, false));
        assert_eq!(dig.outcome(28), "referral");
    }

    #[test]
    fn absence_holds_as_long_as_the_zone_says() {
        let dig = Dig::read(
            ";; Truncated, retrying in TCP mode.\n\
             ;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n;; AUTHORITY SECTION:\n\
             example. 300 CLASS1 TYPE6 \\# 22 0000 0000000100000E10000002580001518 00000003C\n",
        );
        assert_eq!((dig.outcome(1), dig.ttl_s(1)), ("no-such-name", 60));
        assert!(dig.streamed);
        let nobody =
            Dig::read(";; communications error: timed out\n;; no servers could be reached\n");
        assert_eq!(nobody.outcome(1), "no-answer");
    }

    #[test]
    fn names_in_a_list() {
        let zone = "bl.example";
        for (address, name) in [
            ("192.0.2.25", "25.2.0.192.bl.example"),
            (
                "2001:db8::5",
                "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.example",
            ),
        ] {
            assert_eq!(listed(address.parse().unwrap(), zone), name);
        }
        assert_eq!(escaped("a b.example"), "a\\032b.example");
    }
}
