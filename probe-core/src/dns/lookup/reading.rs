//! What an answer says about a question.

use super::{ALIASES_MAX, Outcome, Report};
use crate::dns::{
    packet::{CLASS_IN, Data, Malformed, Message, Record, RecordType, ResponseCode, Section},
    query::Question,
};

/// What came of reading.
pub(super) enum Read {
    /// This.
    Outcome(Outcome),
    /// The server did not understand the query.
    NotUnderstood(ResponseCode),
}

/// What a message says beside its answers.
#[derive(Default)]
struct Beside {
    /// For how long there is nothing, where a zone says so.
    nothing_ttl_s: Option<u32>,
    /// Others are named who may know.
    refers: bool,
    /// More bits of the response code.
    code: u16,
}

/// Reads `message`, of which the end may be missing, into `report`.
pub(super) fn read<const N: usize>(
    question: &Question,
    message: &Message<'_>,
    is_cut: bool,
    report: &mut Report<N>,
) -> Read {
    match follow(question, message, is_cut, report) {
        Ok(beside) => conclude(message, &beside, report),
        Err(malformed) => Read::Outcome(Outcome::Malformed(malformed)),
    }
}

fn conclude<const N: usize>(
    message: &Message<'_>,
    beside: &Beside,
    report: &mut Report<N>,
) -> Read {
    let code = ResponseCode::from_bits(message.flags & 15 | beside.code);
    let outcome = match code {
        ResponseCode::NoError if !report.answers.is_empty() || report.answers.is_cut() => {
            return Read::Outcome(Outcome::Answers);
        }
        ResponseCode::NoSuchName => Outcome::NoSuchName,
        ResponseCode::NoError if beside.refers && beside.nothing_ttl_s.is_none() => {
            Outcome::Referral
        }
        ResponseCode::NoError => Outcome::NoData,
        ResponseCode::Refused => Outcome::Refused,
        ResponseCode::FormatError | ResponseCode::NotImplemented => {
            return Read::NotUnderstood(code);
        }
        ResponseCode::ServerFailure | ResponseCode::Other(_) => Outcome::Failed(code),
    };
    report.ttl_s = beside.nothing_ttl_s.unwrap_or(0);
    Read::Outcome(outcome)
}

/// Follows the aliases from the question's name, and keeps what is at their end.
fn follow<const N: usize>(
    question: &Question,
    message: &Message<'_>,
    is_cut: bool,
    report: &mut Report<N>,
) -> Result<Beside, Malformed> {
    let mut owner = question.name.view();
    let mut ttl_s = u32::MAX;
    loop {
        let mut beside = Beside::default();
        let mut alias = None;
        let mut found = false;
        for record in message.records() {
            let record = match record {
                Err(Malformed::Truncated) if is_cut => {
                    report.answers.cut();
                    break;
                }
                record => record?,
            };
            beside.note(&record);
            let is_ours = record.section == Section::Answer
                && record.class == CLASS_IN
                && record.owner == owner;
            if is_ours && record.kind == question.kind {
                report.answers.push(&record.data);
                ttl_s = ttl_s.min(seconds(record.ttl_s));
                found = true;
            } else if is_ours && let Data::Cname(target) = record.data {
                alias = Some((target, seconds(record.ttl_s)));
            }
        }
        match alias {
            Some(_) if found => {}
            Some(_) if report.aliases >= ALIASES_MAX => return Err(Malformed::Aliases),
            Some((target, alias_ttl_s)) => {
                report.aliases = report.aliases.saturating_add(1);
                ttl_s = ttl_s.min(alias_ttl_s);
                owner = target;
                continue;
            }
            None => {}
        }
        report.ttl_s = if found { ttl_s } else { 0 };
        return Ok(beside);
    }
}

impl Beside {
    fn note(&mut self, record: &Record<'_>) {
        match (record.section, record.kind, record.data) {
            (Section::Authority, _, Data::Soa { minimum_s }) => {
                self.nothing_ttl_s = Some(seconds(record.ttl_s).min(seconds(minimum_s)));
            }
            (Section::Authority, RecordType::NS, _) => self.refers = true,
            (Section::Additional, RecordType::OPT, _) => {
                self.code = (record.ttl_s >> 24 << 4) as u16;
            }
            _ => {}
        }
    }
}

/// RFC 2181, 8.
const fn seconds(ttl_s: u32) -> u32 {
    if ttl_s > i32::MAX as u32 { 0 } else { ttl_s }
}
