//! What a proxy dialogue is told before it begins, and where its connections are to lead.

use core::net::{IpAddr, Ipv4Addr};

use super::{AttemptId, Protocol, Protocols};
use crate::{
    finding::JobSerial,
    name::Name,
    scope::{Depth, SinkEnds},
    target::Target,
    tester::Tester,
    time::Utc,
    token::{Key, Role, Token},
};

/// What a proxy dialogue is told.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// Where.
    pub target: Target,
    /// Who we are, and what our tokens are made with.
    pub tester: &'a Tester,
    /// What is tried on this port. [`Protocols::INSIDE`] only where the scope permits it.
    pub protocols: Protocols,
    /// Where the connections are to lead.
    pub sink: &'a SinkEnds,
    /// How much is asked: at full depth a proof does not end it.
    pub depth: Depth,
    /// The job; part of every token.
    pub serial: JobSerial,
    /// Hours since the scope was issued; part of every token.
    pub hours: u16,
    /// What UTC is when the dialogue begins. A nonce counts that was issued at or after the
    /// connection that brings it.
    pub since: Utc,
    /// What the sink makes its nonces with. Without it nothing can be proved.
    pub key: Option<&'a Key>,
}

/// Where a connection is to lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Destination<'a> {
    pub(super) host: Host<'a>,
    pub(super) port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host<'a> {
    Address(IpAddr),
    Name(&'a Name),
    /// A name that cannot exist (RFC 6761, 6.4): this token under `.invalid`.
    Invalid(Token),
}

/// Where mail is taken in on a proxy's own host.
const INSIDE: Destination<'static> = Destination {
    host: Host::Address(IpAddr::V4(Ipv4Addr::LOCALHOST)),
    port: 25,
};

impl<'a> Setup<'a> {
    /// Where an attempt's connection is to lead; `None` where our sink has nothing of that kind.
    pub(super) fn destination(&self, id: AttemptId) -> Option<Destination<'a>> {
        let sink = self.sink;
        let ipv4 = sink.ipv4.map(IpAddr::V4);
        let ipv6 = sink.ipv6.map(IpAddr::V6);
        let host = match id.protocol() {
            None => Some(Host::Invalid(self.token(Role::Twin, id))),
            Some(Protocol::Inside) => return Some(INSIDE),
            Some(Protocol::Socks4 | Protocol::Socks5) => ipv4.map(Host::Address),
            Some(Protocol::Socks5Ipv6) => ipv6.map(Host::Address),
            Some(Protocol::Socks4a | Protocol::Socks5Name) => sink.name.as_ref().map(Host::Name),
            Some(
                Protocol::Connect
                | Protocol::ConnectSplit
                | Protocol::Get
                | Protocol::Post
                | Protocol::Gateway,
            ) => ipv4.or(ipv6).map(Host::Address),
        };
        Some(Destination {
            host: host?,
            port: *sink.ports.get(id.place())?,
        })
    }

    /// The token that an attempt carries.
    pub(super) fn token(&self, role: Role, id: AttemptId) -> Token {
        let target = self.target.endpoint();
        let signer = &self.tester.signer;
        signer.sign(role, self.serial, id.octet(), self.hours, target)
    }
}
