//! Whether a domain lets an address send mail in its name (RFC 7208).
//!
//! What cannot be evaluated here is said, not guessed: macros, `ptr` and `exists` are about others than
//! us, and a record of our own has no need of them.

mod record;

use std::{net::IpAddr, pin::Pin};

use probe_core::dns::RecordType;

use self::record::{Directive, Mechanism, Qualifier, Unread, parse};
use super::ask::{Answer, Ask, Record};

/// How many terms may cause questions (RFC 7208, 4.6.4).
const LOOKUPS_MAX: u8 = 10;
/// How many of these questions may have no answer.
const VOID_LOOKUPS_MAX: u8 = 2;
/// How many exchanges `mx` may have.
const EXCHANGES_MAX: usize = 10;

/// What a domain says about an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spf {
    /// It may send; by this term.
    Pass(String),
    /// It may not, or it may be doubted; in these words of the RFC, by this term.
    NotPass(&'static str, String),
    /// No record.
    None,
    /// The records are wrong.
    PermError(String),
    /// A question was not answered.
    TempError(String),
    /// It depends on a term that is not evaluated here.
    NotEvaluated(String),
}

/// What `domain` says about `address`.
pub(super) async fn evaluate(ask: &mut impl Ask, domain: &str, address: IpAddr) -> Spf {
    let mut evaluation = Evaluation {
        ask,
        address,
        lookups: 0,
        voids: 0,
    };
    evaluation.host(domain.to_owned()).await
}

struct Evaluation<'a, A> {
    ask: &'a mut A,
    address: IpAddr,
    lookups: u8,
    voids: u8,
}

/// Why there is no yes or no about a term.
type Stopped = Spf;

type Judged<'s> = Pin<Box<dyn Future<Output = Spf> + 's>>;

impl<A: Ask> Evaluation<'_, A> {
    /// The RFC's check_host().
    fn host(&mut self, domain: String) -> Judged<'_> {
        Box::pin(async move {
            let text = match self.record(&domain).await {
                Ok(text) => text,
                Err(stopped) => return stopped,
            };
            let record = match parse(&text) {
                Ok(record) => record,
                Err(Unread(why)) => return Spf::PermError(format!("{domain}: {why}")),
            };
            for directive in &record.directives {
                match self.matches(directive, &domain).await {
                    Ok(false) => {}
                    Ok(true) => return said(directive, &domain),
                    Err(stopped) => return stopped,
                }
            }
            let Some(target) = record.redirect else {
                let by = format!("no term of {domain}'s record is about {}", self.address);
                return Spf::NotPass("neutral", by);
            };
            if let Err(stopped) = self.count_lookup() {
                return stopped;
            }
            if let Err(stopped) = whole(&target, "redirect") {
                return stopped;
            }
            match self.host(target.clone()).await {
                Spf::None => Spf::PermError(format!(
                    "{domain} redirects to {target}, which has no record"
                )),
                other => other,
            }
        })
    }

    /// A domain's one record.
    async fn record(&mut self, domain: &str) -> Result<String, Stopped> {
        let answer = self.ask.ask(domain, RecordType::TXT).await;
        if let Answer::Unknown(why) = answer {
            return Err(Spf::TempError(format!("{domain} TXT: {why}")));
        }
        let mut records = answer.records().iter().filter_map(|record| match record {
            Record::Text(text) if record::is_one(text) => Some(text.clone()),
            _ => None,
        });
        match (records.next(), records.next()) {
            (None, _) => Err(Spf::None),
            (Some(text), None) => Ok(text),
            (Some(_), Some(_)) => Err(Spf::PermError(format!(
                "{domain} has more than one record that begins with v=spf1"
            ))),
        }
    }

    async fn matches(&mut self, directive: &Directive, domain: &str) -> Result<bool, Stopped> {
        let term = &directive.text;
        let or_domain = |named: &Option<String>| named.clone().unwrap_or_else(|| domain.to_owned());
        match &directive.mechanism {
            Mechanism::All => Ok(true),
            Mechanism::Ip4(network, prefix) => {
                Ok(is_within(self.address, (*network).into(), *prefix))
            }
            Mechanism::Ip6(network, prefix) => {
                Ok(is_within(self.address, (*network).into(), *prefix))
            }
            Mechanism::A(named, prefixes) => {
                self.count_lookup()?;
                let host = or_domain(named);
                whole(&host, term)?;
                let addresses = self.addresses(&host, true).await?;
                let prefix = prefixes.of(self.address);
                Ok(addresses
                    .iter()
                    .any(|it| is_within(self.address, *it, prefix)))
            }
            Mechanism::Mx(named, prefixes) => {
                self.count_lookup()?;
                let host = or_domain(named);
                whole(&host, term)?;
                let exchanges = self.exchanges(&host).await?;
                let prefix = prefixes.of(self.address);
                for exchange in exchanges {
                    let addresses = self.addresses(&exchange, false).await?;
                    if addresses
                        .iter()
                        .any(|it| is_within(self.address, *it, prefix))
                    {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Mechanism::Include(target) => {
                self.count_lookup()?;
                whole(target, term)?;
                match self.host(target.clone()).await {
                    Spf::Pass(_) => Ok(true),
                    Spf::NotPass(..) => Ok(false),
                    Spf::None => Err(Spf::PermError(format!("{term}: there is no record"))),
                    stopped => Err(stopped),
                }
            }
            Mechanism::Ptr | Mechanism::Exists => Err(not_evaluated(term)),
        }
    }

    async fn addresses(&mut self, host: &str, counts: bool) -> Result<Vec<IpAddr>, Stopped> {
        let kind = match self.address {
            IpAddr::V4(_) => RecordType::A,
            IpAddr::V6(_) => RecordType::AAAA,
        };
        let answer = self.ask.ask(host, kind).await;
        self.heard(&answer, host, counts)?;
        Ok(answer.addresses())
    }

    async fn exchanges(&mut self, host: &str) -> Result<Vec<String>, Stopped> {
        let answer = self.ask.ask(host, RecordType::MX).await;
        self.heard(&answer, host, true)?;
        let exchange = |record: &Record| match record {
            Record::Exchange(_, name) if !name.is_empty() => Some(name.clone()),
            _ => None,
        };
        let exchanges: Vec<String> = answer.records().iter().filter_map(exchange).collect();
        if exchanges.len() > EXCHANGES_MAX {
            return Err(Spf::PermError(format!(
                "{host} has more than {EXCHANGES_MAX} exchanges"
            )));
        }
        Ok(exchanges)
    }

    fn heard(&mut self, answer: &Answer, host: &str, counts: bool) -> Result<(), Stopped> {
        match answer {
            Answer::Unknown(why) => Err(Spf::TempError(format!("{host}: {why}"))),
            Answer::NoSuchName | Answer::NoData if counts => {
                self.voids = self.voids.saturating_add(1);
                if self.voids > VOID_LOOKUPS_MAX {
                    return Err(Spf::PermError(format!(
                        "more than {VOID_LOOKUPS_MAX} of its names lead nowhere"
                    )));
                }
                Ok(())
            }
            Answer::NoSuchName | Answer::NoData | Answer::Records(_) => Ok(()),
        }
    }

    fn count_lookup(&mut self) -> Result<(), Stopped> {
        self.lookups = self.lookups.saturating_add(1);
        if self.lookups > LOOKUPS_MAX {
            return Err(Spf::PermError(format!(
                "its terms need more than {LOOKUPS_MAX} lookups"
            )));
        }
        Ok(())
    }
}

/// Whether a name has no macro in it.
fn whole(domain: &str, term: &str) -> Result<(), Stopped> {
    if domain.contains('%') {
        Err(not_evaluated(term))
    } else {
        Ok(())
    }
}

fn not_evaluated(term: &str) -> Stopped {
    Spf::NotEvaluated(format!("`{term}` is not evaluated here"))
}

fn said(directive: &Directive, domain: &str) -> Spf {
    let by = format!("`{}` of {domain}", directive.text);
    match directive.qualifier {
        Qualifier::Pass => Spf::Pass(by),
        Qualifier::Fail => Spf::NotPass("fail", by),
        Qualifier::SoftFail => Spf::NotPass("softfail", by),
        Qualifier::Neutral => Spf::NotPass("neutral", by),
    }
}

/// Whether both have the same first `prefix` bits.
fn is_within(address: IpAddr, network: IpAddr, prefix: u8) -> bool {
    let differs = match (address, network) {
        (IpAddr::V4(one), IpAddr::V4(other)) => u128::from(one.to_bits() ^ other.to_bits()) << 96,
        (IpAddr::V6(one), IpAddr::V6(other)) => one.to_bits() ^ other.to_bits(),
        _ => return false,
    };
    differs.leading_zeros() >= u32::from(prefix)
}

#[cfg(test)]
mod tests;
