//! A simulated resolver: a zone given as data, and what may be wrong with whoever serves it.
//!
//! It shares nothing with probe-core's DNS: its own reader, its own writer.

mod answer;
mod wire;
mod zone;

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use crate::server::{Conversation, Server, Turn};

pub use zone::{Record, Zone};

/// What may be wrong with a resolver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// It answers nobody.
    Silent,
    /// Every datagram says that the answer did not fit, however short it is.
    Truncates,
    /// It answers under another identifier.
    LyingIds,
    /// It answers another question.
    WrongQuestion,
    /// It answers in lower case, whatever case was asked in.
    LowersCase,
    /// Its names point to themselves.
    Loops,
    /// There is no such name, whatever the name.
    NoName,
    /// Every address question has the answer 127.0.0.2, as of a dead block list.
    Wildcard,
    /// Every name that is not there has the address 203.0.113.99, as of a captive portal.
    Rewrites,
    /// Every address question has this answer, as of a domain that was sold, or of a list that does not
    /// answer us.
    Answers(Ipv4Addr),
    /// Its names exist, and have no address.
    NoData,
    /// It names others to ask instead.
    Refers,
    /// It refuses.
    Refuses,
    /// It fails.
    Fails,
    /// It takes so long.
    Slow(Duration),
}

/// A resolver that knows one zone, whatever its names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolver {
    /// What it knows.
    pub zone: Zone,
    /// What is wrong with it.
    pub fault: Fault,
    /// What is wrong with those whom it asks about names below these.
    pub below: Vec<(String, Fault)>,
}

impl Resolver {
    /// A resolver without a fault.
    pub fn new(zone: Zone) -> Self {
        Self {
            zone,
            fault: Fault::None,
            below: Vec::new(),
        }
    }

    /// The same with `fault`.
    pub fn with(mut self, fault: Fault) -> Self {
        self.fault = fault;
        self
    }

    /// The same with `fault` where the question is about a name below `name`.
    pub fn with_below(mut self, name: &str, fault: Fault) -> Self {
        self.below
            .push((format!(".{}", name.to_ascii_lowercase()), fault));
        self
    }

    /// What is wrong where the question is about `name`.
    fn fault_of(&self, name: &str) -> Fault {
        let name = name.to_ascii_lowercase();
        let mut below = self.below.iter();
        let found = below.find(|(above, _)| name.ends_with(above));
        found.map_or(self.fault, |(_, fault)| *fault)
    }

    /// What it says to the datagram `query`, and how long it takes.
    pub fn datagram(&self, query: &[u8]) -> Option<(Duration, Vec<u8>)> {
        let query = wire::Query::read(query)?;
        let octets_max = usize::from(query.octets_max);
        answer::answer(self, &query, Some(octets_max))
    }

    /// What it says to `query` on a stream.
    pub fn message(&self, query: &[u8]) -> Option<(Duration, Vec<u8>)> {
        answer::answer(self, &wire::Query::read(query)?, None)
    }
}

/// The same over TCP: each message behind its length in two octets.
impl Server for Resolver {
    fn answer(&mut self, _caller: SocketAddr) -> Box<dyn Conversation> {
        Box::new(Stream {
            resolver: self.clone(),
            heard: Vec::new(),
            said: Vec::new(),
        })
    }
}

struct Stream {
    resolver: Resolver,
    heard: Vec<u8>,
    said: Vec<u8>,
}

impl Conversation for Stream {
    fn on_open(&mut self, _turn: &mut Turn) {}

    fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
        self.heard.extend(octets);
        while let Some((length, rest)) = self.heard.split_first_chunk() {
            let length = usize::from(u16::from_be_bytes(*length));
            if rest.len() < length {
                return;
            }
            let query: Vec<u8> = self.heard.drain(..2 + length).skip(2).collect();
            if let Some((delay, message)) = self.resolver.message(&query) {
                let length = u16::try_from(message.len()).expect("a zone's answer is short");
                self.said.extend(length.to_be_bytes());
                self.said.extend(message);
                turn.wake_at(turn.now() + delay);
            }
        }
    }

    fn on_timer(&mut self, turn: &mut Turn) {
        turn.octets.append(&mut self.said);
    }
}

#[cfg(test)]
mod tests;
