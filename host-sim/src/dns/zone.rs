//! What a resolver knows.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// What is known of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Its IPv4 address.
    A(Ipv4Addr),
    /// Its IPv6 address.
    Aaaa(Ipv6Addr),
    /// What it is called, of an address's name.
    Ptr(String),
    /// What it is an alias of.
    Cname(String),
    /// A mail exchanger: preference and name.
    Mx(u16, String),
    /// Texts, each of several strings.
    Txt(Vec<String>),
}

/// Names and what is known of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    names: BTreeMap<String, Vec<Record>>,
}

impl Zone {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more record.
    pub fn with(mut self, name: &str, record: Record) -> Self {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        self.names.entry(name).or_default().push(record);
        self
    }

    /// The same where `address` is called `name`.
    pub fn with_reverse(self, address: IpAddr, name: &str) -> Self {
        let zone = match address {
            IpAddr::V4(_) => "in-addr.arpa",
            IpAddr::V6(_) => "ip6.arpa",
        };
        self.with(&below(address, zone), Record::Ptr(name.to_owned()))
    }

    /// The same where the block list `zone` says `code` and `reason` of `address`.
    pub fn with_listing(
        self,
        zone: &str,
        address: IpAddr,
        code: Ipv4Addr,
        reason: Option<&str>,
    ) -> Self {
        let name = below(address, zone);
        let listed = self.with(&name, Record::A(code));
        match reason {
            Some(reason) => listed.with(&name, Record::Txt(vec![reason.to_owned()])),
            None => listed,
        }
    }

    /// The same where the block list `zone` says of its test addresses what RFC 5782, 5 wants.
    pub fn with_list(self, zone: &str) -> Self {
        let code = Ipv4Addr::new(127, 0, 0, 2);
        let [v4, v6] = ["127.0.0.2", "::ffff:7f00:2"].map(|text| text.parse().expect("an address"));
        self.with_listing(zone, v4, code, Some("test"))
            .with_listing(zone, v6, code, Some("test"))
    }

    /// What is known of `name`; `None` where there is no such name, not even above another.
    pub(super) fn get(&self, name: &str) -> Option<&[Record]> {
        let name = name.to_ascii_lowercase();
        if let Some(records) = self.names.get(&name) {
            return Some(records);
        }
        let below = format!(".{name}");
        let has_children = self.names.keys().any(|other| other.ends_with(&below));
        has_children.then_some(&[])
    }
}

/// `address` backwards, above `zone`.
fn below(address: IpAddr, zone: &str) -> String {
    let mut labels: Vec<String> = match address {
        IpAddr::V4(v4) => v4.octets().iter().map(u8::to_string).collect(),
        IpAddr::V6(v6) => format!("{:032x}", u128::from(v6))
            .chars()
            .map(String::from)
            .collect(),
    };
    labels.reverse();
    labels.push(zone.to_owned());
    labels.join(".")
}
