//! The domain name system (RFC 1034, 1035), as far as the appliance asks it.
//!
//! [`packet`] reads what a server says, [`query`] writes what we ask, and [`lookup`] is the
//! dialogue that asks one resolver one question. Nothing is cached here.

pub mod answers;
pub mod lookup;
pub mod name;
pub mod packet;
pub mod query;

pub use self::{
    answers::{ANSWER_OCTETS_MAX, Answers},
    lookup::{LOOKUP_OCTETS_MAX, Lookup, Outcome, Report},
    name::{NameView, WIRE_NAME_OCTETS_MAX, WireName},
    packet::{Data, Malformed, Message, Record, RecordType, ResponseCode, Section},
    query::{DNS_PORT, QUERY_OCTETS_MAX, Query, Question, UDP_OCTETS_MAX},
};
