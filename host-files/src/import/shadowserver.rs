//! Reports of the Shadowserver Foundation: CSV with a header, one type of report a file.
//!
//! Which columns a type has, and what it is about, is published with its reports
//! (github.com/The-Shadowserver-Foundation/report_schema). Other columns are not looked at.

use std::{io::BufRead, net::IpAddr};

use jiff::civil::Date;
use probe_core::name::Name;

use super::{Item, LeftOut, line_of, listing, records::Records, stem, text::Lines};
use crate::{
    lists::{
        About, Claim, Entry, ListedProxy, PORT_DEFAULT,
        address::{self, shown},
    },
    problem::{Gathered, Place, Problem, Problems},
    words::counted,
};

/// A type of report that may name a mail server or a proxy.
struct Report {
    /// As in the names of files; reports about IPv6 have a 6 in it.
    kind: &'static str,
    /// What Shadowserver calls it.
    name: &'static str,
    says: Says,
}

/// What a report says about an address in it.
enum Says {
    /// Nothing that a letter could rest on: that a port answers, or has another weakness.
    Context,
    /// It answered CONNECT for a stranger.
    OpenHttpProxy,
    /// It is a SOCKS proxy for strangers; the tag has the version.
    OpenSocks,
    /// Another database lists it, for a reason in that one's own words.
    Blocklist,
}

const REPORTS: [Report; 6] = [
    Report {
        kind: "scan_http_proxy",
        name: "Open-HTTP-Proxy",
        says: Says::OpenHttpProxy,
    },
    Report {
        kind: "scan_socks",
        name: "Accessible-SOCKS4/5-Proxy",
        says: Says::OpenSocks,
    },
    Report {
        kind: "population_http_proxy",
        name: "Accessible-HTTP-Proxy",
        says: Says::Context,
    },
    Report {
        kind: "scan_smtp",
        name: "Accessible-SMTP",
        says: Says::Context,
    },
    Report {
        kind: "scan_smtp_vulnerable",
        name: "Vulnerable-SMTP",
        says: Says::Context,
    },
    Report {
        kind: "blocklist",
        name: "Blocklist",
        says: Says::Blocklist,
    },
];

/// The types of reports that are read.
pub fn reports() -> String {
    REPORTS.map(|report| report.kind).join(", ")
}

/// The lines of a report.
pub(super) struct Reports<R> {
    records: Records<R>,
    report: &'static Report,
    columns: Columns,
}

/// Where in a record the columns stand that are looked at.
struct Columns {
    count: usize,
    timestamp: usize,
    ip: usize,
    port: Option<usize>,
    hostname: Option<usize>,
    tag: Option<usize>,
    geo: Option<usize>,
    source: Option<usize>,
    reason: Option<usize>,
}

impl<R: BufRead> Reports<R> {
    /// Begins to read a report of type `kind`; without it the file's name tells.
    pub(super) fn new(lines: Lines<R>, kind: Option<&str>) -> Result<Self, Problems> {
        let report = find(kind, lines.place()).map_err(Problems::one)?;
        let mut records = Records::new(lines, None);
        let mut gathered = Gathered::default();
        let (line, header) = records.next(&mut gathered).unwrap_or_default();
        let header = gathered.or(header)?;
        let place = records.place().line(line.max(1));
        let columns = Columns::find(&header, report, place).map_err(Problems::one)?;
        Ok(Self {
            records,
            report,
            columns,
        })
    }

    pub(super) const fn place(&self) -> &Place {
        self.records.place()
    }

    pub(super) const fn octets(&self) -> u64 {
        self.records.octets()
    }

    pub(super) fn next(&mut self, gathered: &mut Gathered) -> Option<Item> {
        let (line, record) = self.records.next(gathered)?;
        let place = self.records.place().line(line);
        let item = self.item(place, &record);
        Some(item.unwrap_or_else(|problem| {
            gathered.push(problem);
            Item::Wrong
        }))
    }

    fn item(&self, place: Place, record: &csv::StringRecord) -> Result<Item, Problem> {
        let columns = &self.columns;
        if record.len() != columns.count {
            return Err(Problem::new(
                place,
                counted(record.len(), "field", "fields"),
                format!(
                    "{} as in the header",
                    counted(columns.count, "field", "fields")
                ),
            ));
        }
        let field = |at: Option<usize>| {
            at.and_then(|at| record.get(at))
                .filter(|text| !text.is_empty())
        };
        let seen = day(field(Some(columns.timestamp)).unwrap_or_default(), &place)?;
        let ip = field(Some(columns.ip)).unwrap_or_default();
        let is_network = ip
            .split_once('/')
            .is_some_and(|(address, _)| address.parse::<IpAddr>().is_ok());
        if is_network {
            return Ok(Item::LeftOut(LeftOut::Network));
        }
        let (address, _) = address::parse(ip).map_err(|wrong| wrong.at(place.clone()))?;
        let port = field(columns.port)
            .map(address::parse_port)
            .transpose()
            .map_err(|wrong| wrong.at(place.clone()))?;
        let tag = field(columns.tag);
        let (by, code, claim) = match self.report.says {
            Says::Context => (self.name(), tag, Claim::Other),
            Says::OpenHttpProxy => (self.name(), tag, Claim::OpenProxy(ListedProxy::Http)),
            Says::OpenSocks => (self.name(), tag, Claim::OpenProxy(socks(tag))),
            Says::Blocklist => {
                let source = field(columns.source).map(line_of).unwrap_or_default();
                let by = format!("{source} (by {})", self.name());
                let by = if source.is_empty() { self.name() } else { by };
                (by, field(columns.reason), Claim::Other)
            }
        };
        Ok(Item::Entry(Box::new(Entry {
            place,
            address,
            port: port.unwrap_or(PORT_DEFAULT),
            about: About {
                name: field(columns.hostname).and_then(|text| Name::new(text).ok()),
                country: field(columns.geo).and_then(country),
                listings: listing(&by, Some(seen), code, claim).into_iter().collect(),
                ..About::default()
            },
        })))
    }

    fn name(&self) -> String {
        format!("Shadowserver {}", self.report.name)
    }
}

impl Columns {
    fn find(header: &csv::StringRecord, report: &Report, place: Place) -> Result<Self, Problem> {
        let find = |name: &str| {
            header
                .iter()
                .position(|field| field.eq_ignore_ascii_case(name))
        };
        let needs_port = !matches!(report.says, Says::Blocklist);
        match (find("timestamp"), find("ip"), find("port")) {
            (Some(timestamp), Some(ip), port) if port.is_some() || !needs_port => Ok(Self {
                count: header.len(),
                timestamp,
                ip,
                port,
                hostname: find("hostname"),
                tag: find("tag"),
                geo: find("geo"),
                source: find("source"),
                reason: find("reason"),
            }),
            _ => Err(Problem::new(
                place,
                format!("this is no header of a report of type {}", report.kind),
                if needs_port {
                    "a header with timestamp, ip and port"
                } else {
                    "a header with timestamp and ip"
                },
            )),
        }
    }
}

/// The type of the report: as the user says, or as the name of the file does:
/// `2026-11-20-scan_smtp-example-asn.csv`, or with nothing around the type.
fn find(kind: Option<&str>, place: &Place) -> Result<&'static Report, Problem> {
    let is_date = |text: &str| text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    let by_name = || {
        let stem = stem(place)?;
        let rest = match stem.get(..10) {
            Some(date) if is_date(date) => stem.get(11..)?,
            _ => stem,
        };
        rest.split('-').next()
    };
    let wanted = kind.or_else(by_name).unwrap_or_default();
    let without_6 = wanted.replacen("6_", "_", 1);
    REPORTS
        .iter()
        .find(|report| report.kind == without_6)
        .ok_or_else(|| {
            let problem = |found| {
                Problem::new(
                    place.clone(),
                    found,
                    format!("a report of one of the types {}", reports()),
                )
            };
            match kind {
                Some(kind) => problem(format!("`{}` is no type that is read", shown(kind))),
                None => problem("the file's name tells no type of report that is read".to_owned())
                    .next("name the type with --report"),
            }
        })
}

/// The day of `2026-11-20 04:05:06`, which is in UTC.
fn day(text: &str, place: &Place) -> Result<Date, Problem> {
    text.get(..10)
        .and_then(|day| day.parse().ok())
        .ok_or_else(|| {
            Problem::new(
                place.clone(),
                format!("`{}` in `timestamp`", shown(text)),
                "a moment as 2026-11-20 04:05:06",
            )
        })
}

fn socks(tag: Option<&str>) -> ListedProxy {
    match tag.unwrap_or_default().to_ascii_lowercase().as_str() {
        "socks4" | "socks4a" => ListedProxy::Socks4,
        "socks5" => ListedProxy::Socks5,
        _ => ListedProxy::Socks,
    }
}

/// ISO 3166-1; ZZ and XX say that nobody knows.
pub(super) fn country(text: &str) -> Option<String> {
    let code = text.to_ascii_uppercase();
    let is_code = code.len() == 2 && code.bytes().all(|octet| octet.is_ascii_uppercase());
    (is_code && !["ZZ", "XX"].contains(&code.as_str())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::super::{Counts, Format, Given, Import, Reading as _};
    use super::*;

    fn read(name: &str, text: &str) -> Result<(Vec<Entry>, Counts), Problems> {
        let place = Place::named(name);
        let given = Given::default();
        let mut import = Import::new(text.as_bytes(), place, Format::Shadowserver, given)?;
        let entries: Vec<Entry> = std::iter::from_fn(|| import.next()).collect();
        import.finish().map(|counts| (entries, counts))
    }

    const SOCKS: &str = "\
\"timestamp\",\"severity\",\"ip\",\"protocol\",\"port\",\"hostname\",\"tag\",\"asn\",\"geo\",\"region\",\"city\",\"naics\",\"hostname_source\",\"sector\"
\"2026-11-20 04:05:06\",medium,192.0.2.1,tcp,1080,node01.a.example,socks5,64512,DK,Region,City,0,ptr,
\"2026-11-20 04:05:07\",medium,2001:db8::1,tcp,1085,,socks4,64512,ZZ,Region,City,0,,
";

    #[test]
    fn a_report_of_open_proxies_names_protocol_port_and_day() {
        let (entries, counts) = read("2026-11-20-scan_socks-example-asn.csv", SOCKS).unwrap();
        assert_eq!((counts.read, counts.taken), (2, 2));
        let [first, second] = entries.as_slice() else {
            panic!("{entries:?}");
        };
        assert_eq!(first.endpoint(), "192.0.2.1:1080".parse().unwrap());
        assert_eq!(first.about.country.as_deref(), Some("DK"));
        assert_eq!(
            first.about.name.as_ref().map(Name::as_str),
            Some("node01.a.example")
        );
        let listing = &first.about.listings[0];
        assert_eq!(listing.by, "Shadowserver Accessible-SOCKS4/5-Proxy");
        assert_eq!(listing.on, Some(jiff::civil::date(2026, 11, 20)));
        assert_eq!(
            (listing.since, listing.code.as_deref()),
            (None, Some("socks5"))
        );
        assert_eq!(listing.claim, Claim::OpenProxy(ListedProxy::Socks5));
        assert_eq!(second.about.country, None);
        let claim = second.about.listings[0].claim;
        assert_eq!(claim, Claim::OpenProxy(ListedProxy::Socks4));
    }

    #[test]
    fn each_type_says_what_it_says() {
        let header = "timestamp,ip,protocol,port,hostname,tag,asn,geo,banner\n";
        let line = "2026-11-20 00:00:00,192.0.2.1,tcp,3128,,a;b,1,PL,\"220 \"\"x\"\"\"\n";
        let text = format!("{header}{line}");
        let http = Claim::OpenProxy(ListedProxy::Http);
        let socks = Claim::OpenProxy(ListedProxy::Socks);
        for (name, by, claim) in [
            ("scan_smtp.csv", "Accessible-SMTP", Claim::Other),
            ("scan6_smtp-x.csv", "Accessible-SMTP", Claim::Other),
            (
                "2026-11-20-scan_smtp_vulnerable-7-x-asn.csv",
                "Vulnerable-SMTP",
                Claim::Other,
            ),
            ("scan_http_proxy.csv", "Open-HTTP-Proxy", http),
            ("scan6_http_proxy.csv", "Open-HTTP-Proxy", http),
            (
                "population_http_proxy.csv",
                "Accessible-HTTP-Proxy",
                Claim::Other,
            ),
            ("scan_socks.csv", "Accessible-SOCKS4/5-Proxy", socks),
        ] {
            let (entries, _) = read(name, &text).unwrap();
            let listing = &entries[0].about.listings[0];
            assert_eq!(listing.by, format!("Shadowserver {by}"), "{name}");
            assert_eq!(listing.claim, claim, "{name}");
        }
        let (entries, counts) = read(
            "blocklist.csv",
            "timestamp,ip,hostname,source,reason,asn,geo\n\
             2026-11-20 00:00:00,192.0.2.1,,A List,spam,1,PL\n\
             2026-11-20 00:00:00,192.0.2.0/24,,A List,spam,1,PL\n",
        )
        .unwrap();
        let listing = &entries[0].about.listings[0];
        assert_eq!(listing.by, "A List (by Shadowserver Blocklist)");
        assert_eq!(listing.code.as_deref(), Some("spam"));
        assert_eq!(listing.claim, Claim::Other);
        assert_eq!(counts.left_out.get(&LeftOut::Network), Some(&1));
    }

    #[test]
    fn what_is_wrong_has_its_line() {
        for (name, text, line, found) in [
            (
                "scan_rdp.csv",
                SOCKS,
                None,
                "the file's name tells no type of report that is read",
            ),
            (
                "scan_socks.csv",
                "a,b\n",
                Some(1),
                "this is no header of a report of type scan_socks",
            ),
            (
                "scan_socks.csv",
                "",
                Some(1),
                "this is no header of a report of type scan_socks",
            ),
            (
                "scan_socks.csv",
                "timestamp,ip,port\nyesterday,192.0.2.1,1\n",
                Some(2),
                "`yesterday` in `timestamp`",
            ),
            (
                "scan_socks.csv",
                "timestamp,ip,port\n2026-11-20 00:00:00,192.0.2.256,1\n",
                Some(2),
                "`192.0.2.256` is no address",
            ),
            (
                "scan_socks.csv",
                "timestamp,ip,port\n2026-11-20 00:00:00,192.0.2.1,x\n",
                Some(2),
                "`x` is no port",
            ),
            (
                "scan_socks.csv",
                "timestamp,ip,port\n2026-11-20 00:00:00,192.0.2.1\n",
                Some(2),
                "2 fields",
            ),
            (
                "scan_socks.csv",
                "timestamp,ip,port\n",
                None,
                "there is nothing in it",
            ),
        ] {
            let problems = read(name, text).unwrap_err();
            let problem = &problems.told()[0];
            assert_eq!(
                (problem.place.line, problem.found.as_str()),
                (line, found),
                "{text:?}"
            );
        }
    }
}
