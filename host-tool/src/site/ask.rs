//! Whoever is asked about names, and who looks whether the sink is there.

use std::net::{IpAddr, SocketAddr};

use probe_core::{
    dns::{Data, NameView, Outcome, RecordType, ResponseCode, lookup::Report},
    path_check::Path,
};

/// What a resolver answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// These records, at least one.
    Records(Vec<Record>),
    /// There is no such name.
    NoSuchName,
    /// There is such a name, and no such record.
    NoData,
    /// Nobody knows, for this reason.
    Unknown(String),
}

/// A record, as far as the checks look at any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A or AAAA.
    Address(IpAddr),
    /// PTR.
    Name(String),
    /// MX: its preference, the lower the better, and the exchange, empty where the domain takes no mail.
    Exchange(u16, String),
    /// TXT, its strings put together.
    Text(String),
}

/// What came of a call at the sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// What was found out.
    pub path: Path,
    /// The first line that was heard.
    pub greeting: String,
}

/// Whoever can be asked.
pub trait Ask {
    /// The records of this type that a name has.
    fn ask(&mut self, name: &str, kind: RecordType) -> impl Future<Output = Answer>;

    /// Calls the sink; `Err` says why that could not be tried.
    fn visit(&mut self, sink: SocketAddr) -> impl Future<Output = Result<Visit, String>>;
}

impl Answer {
    /// The answer in a lookup's report.
    pub fn of<const N: usize>(report: &Report<N>) -> Self {
        let silent = "the resolver does not answer";
        match report.outcome {
            Outcome::Answers if report.answers.is_cut() => {
                Self::Unknown(format!("the answer is longer than {N} octets"))
            }
            Outcome::Answers => Self::Records(report.answers.iter().filter_map(record).collect()),
            Outcome::NoSuchName => Self::NoSuchName,
            Outcome::NoData => Self::NoData,
            Outcome::Referral => Self::Unknown(
                "the resolver names others to ask: it resolves nothing for us".to_owned(),
            ),
            Outcome::Refused => Self::Unknown("the resolver refuses to answer us".to_owned()),
            Outcome::Failed(ResponseCode::ServerFailure) => {
                Self::Unknown("the resolver failed (SERVFAIL)".to_owned())
            }
            Outcome::Failed(_) => Self::Unknown("the resolver did not understand".to_owned()),
            Outcome::Malformed(_) => Self::Unknown("the resolver's answer is malformed".to_owned()),
            Outcome::NoAnswer => Self::Unknown(silent.to_owned()),
            Outcome::NotAsked(_) => Self::Unknown("the resolver cannot be reached".to_owned()),
        }
    }

    /// The records; none where there are none.
    pub fn records(&self) -> &[Record] {
        match self {
            Self::Records(records) => records,
            Self::NoSuchName | Self::NoData | Self::Unknown(_) => &[],
        }
    }

    /// Its addresses.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let address = |record: &Record| match record {
            Record::Address(address) => Some(*address),
            _ => None,
        };
        self.records().iter().filter_map(address).collect()
    }
}

fn record(data: Data<'_>) -> Option<Record> {
    Some(match data {
        Data::A(address) => Record::Address(address.into()),
        Data::Aaaa(address) => Record::Address(address.into()),
        Data::Ptr(name) => Record::Name(text(name)),
        Data::Mx {
            preference,
            exchange,
        } => Record::Exchange(preference, text(exchange)),
        Data::Txt(strings) => {
            let octets: Vec<u8> = strings.iter().flatten().copied().collect();
            Record::Text(crate::output::escaped(&octets))
        }
        Data::Cname(_) | Data::Soa { .. } | Data::Unknown(_) => return None,
    })
}

/// In lower case and without its last dot, fit for a terminal.
fn text(name: NameView<'_>) -> String {
    let labels = name.labels().map(crate::output::escaped);
    let labels: Vec<String> = labels.collect();
    labels.join(".").to_ascii_lowercase()
}
