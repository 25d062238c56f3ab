//! SOCKS4, SOCKS4a and SOCKS5 (RFC 1928): requests, and one reader for every reply.

use core::net::{IpAddr, Ipv4Addr};

use super::{
    AttemptId, Outcome, Protocol,
    setup::{Destination, Host},
    writing::Written,
};
use crate::smtp::command::Line;

/// Version 5, one method: no login.
pub(super) const HELLO: [u8; 3] = [5, 1, 0];

const CONNECT: u8 = 1;
const TYPE_IPV4: u8 = 1;
const TYPE_NAME: u8 = 3;
const TYPE_IPV6: u8 = 4;
/// What says that a name follows, and is no address of anybody.
const SOCKS4A: [u8; 4] = [0, 0, 0, 1];
/// How long a reply of SOCKS4 is, in octets.
const REPLY4_OCTETS: u8 = 8;
/// How long a reply of SOCKS5 is without its address, in octets.
const REPLY5_OCTETS: u8 = 6;

/// Writes the request for a connection; of SOCKS5 what follows [`HELLO`]. There is no user's name in
/// it.
pub(super) fn write(id: AttemptId, to: &Destination<'_>, out: &mut Line<'_>) -> Written {
    let port = to.port.to_be_bytes();
    let is_version4 = matches!(id.protocol(), Some(Protocol::Socks4 | Protocol::Socks4a));
    if is_version4 {
        let v4 = match to.host {
            Host::Address(IpAddr::V4(v4)) => v4,
            _ => Ipv4Addr::from(SOCKS4A),
        };
        out.write_octets(&[4, CONNECT])?;
        out.write_octets(&port)?;
        out.write_octets(&v4.octets())?;
        out.write_octets(&[0])?;
        if let Host::Name(name) = to.host {
            out.write_octets(name.as_str().as_bytes())?;
            out.write_octets(&[0])?;
        }
        return Ok(());
    }
    out.write_octets(&[5, CONNECT, 0])?;
    match to.host {
        Host::Address(IpAddr::V4(v4)) => {
            out.write_octets(&[TYPE_IPV4])?;
            out.write_octets(&v4.octets())?;
        }
        Host::Address(IpAddr::V6(v6)) => {
            out.write_octets(&[TYPE_IPV6])?;
            out.write_octets(&v6.octets())?;
        }
        Host::Name(name) => {
            // A name has no more than NAME_OCTETS_MAX octets.
            out.write_octets(&[TYPE_NAME, name.as_str().len() as u8])?;
            out.write_octets(name.as_str().as_bytes())?;
        }
        // The control is asked for by CONNECT of HTTP only.
        Host::Invalid(_) => {}
    }
    out.write_octets(&port)
}

/// Reads replies, octet by octet.
#[derive(Debug)]
pub(super) struct Replies {
    expects: Expects,
    /// How many octets of this reply have come.
    count: u8,
    /// How many it has, as far as is known.
    octets: u8,
    code: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expects {
    /// The reply of SOCKS4.
    Version4,
    /// The method of SOCKS5.
    Method,
    /// The reply of SOCKS5.
    Version5,
    /// Nothing more of SOCKS.
    Nothing,
}

/// What an octet brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nothing yet.
    Nothing,
    /// No login is wanted: the request may follow.
    Welcome,
    /// The connection is granted, and the whole reply has come.
    Granted,
    /// It is not.
    Refused(Outcome),
    /// It is no SOCKS of this version.
    Foreign,
}

impl Replies {
    pub(super) const fn new(is_version5: bool) -> Self {
        Self {
            expects: if is_version5 {
                Expects::Method
            } else {
                Expects::Version4
            },
            count: 0,
            octets: 0,
            code: 0,
        }
    }

    /// The code of the last reply, or the method that was chosen.
    pub(super) fn code(&self) -> u16 {
        u16::from(self.code)
    }

    /// Whether a method was chosen that was not offered, and its octet could also be one of ours that
    /// came back: the next one tells.
    pub(super) fn may_be_echo(&self) -> bool {
        self.expects == Expects::Method && self.count == 2
    }

    /// Takes an octet.
    pub(super) fn push(&mut self, octet: u8) -> Heard {
        let place = self.count;
        self.count = self.count.saturating_add(1);
        let heard = match (self.expects, place) {
            (Expects::Version4, 0) if octet == 0 || octet == 4 => Heard::Nothing,
            (Expects::Version4, 1) => self.code4(octet),
            (Expects::Method | Expects::Version5, 0) if octet == 5 => Heard::Nothing,
            (Expects::Method, 1) => self.method(octet),
            (Expects::Method, 2) if octet == 0 => Heard::Refused(Outcome::Echoed),
            (Expects::Method, 2) => Heard::Refused(Outcome::AuthRequired),
            (Expects::Version5, 1) => self.code5(octet),
            (Expects::Version5, 3) => {
                self.octets = REPLY5_OCTETS.saturating_add(match octet {
                    TYPE_IPV6 => 16,
                    TYPE_NAME => 1,
                    _ => 4,
                });
                Heard::Nothing
            }
            (Expects::Version5, 4) if usize::from(self.octets) == 7 => {
                self.octets = self.octets.saturating_add(octet);
                Heard::Nothing
            }
            (Expects::Version4 | Expects::Version5, 2..) => Heard::Nothing,
            (Expects::Nothing, _) => return Heard::Nothing,
            (Expects::Version4 | Expects::Method | Expects::Version5, _) => Heard::Foreign,
        };
        let is_whole = self.octets > 0 && self.count >= self.octets;
        let heard = match heard {
            Heard::Nothing if is_whole && self.expects != Expects::Method => Heard::Granted,
            heard => heard,
        };
        match heard {
            Heard::Nothing => {}
            Heard::Welcome => {
                self.expects = Expects::Version5;
                self.count = 0;
            }
            Heard::Granted | Heard::Refused(_) | Heard::Foreign => self.expects = Expects::Nothing,
        }
        heard
    }

    /// Of the methods only the one that we offered lets us in; 1 is also the octet that an echo
    /// has here.
    const fn method(&mut self, method: u8) -> Heard {
        self.code = method;
        match method {
            0 => Heard::Welcome,
            1 => Heard::Nothing,
            _ => Heard::Refused(Outcome::AuthRequired),
        }
    }

    const fn code4(&mut self, code: u8) -> Heard {
        self.code = code;
        match code {
            0x5a => {
                self.octets = REPLY4_OCTETS;
                Heard::Nothing
            }
            // Refused or failed; no identd here; identd says that we are somebody else.
            0x5b..=0x5d => Heard::Refused(Outcome::Denied),
            CONNECT => Heard::Refused(Outcome::Echoed),
            _ => Heard::Foreign,
        }
    }

    /// RFC 1928, 6.
    const fn code5(&mut self, code: u8) -> Heard {
        self.code = code;
        Heard::Refused(match code {
            0 => return Heard::Nothing,
            // Not allowed, no CONNECT here.
            2 | 7 => Outcome::Denied,
            // No way to the network, the host or the port; too many hops; none to this kind of address,
            // which says nothing of another kind.
            3..=6 | 8 => Outcome::Unreached,
            _ => Outcome::Failed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_as_they_come() {
        use Heard::{Foreign, Granted, Nothing, Refused, Welcome};
        let granted = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for (is_version5, octets, expected) in [
            (false, &[0, 0x5a, 0, 0, 0, 0, 0, 0][..], &[Granted][..]),
            (false, &[4, 0x5a, 0, 25, 192, 0, 2, 1], &[Granted]),
            (false, &[0, 0x5a, 0, 0, 0, 0, 0], &[]),
            (false, &[0, 0x5b], &[Refused(Outcome::Denied)]),
            (false, &[0, 0x5d, 0, 0], &[Refused(Outcome::Denied)]),
            (false, &[4, 1], &[Refused(Outcome::Echoed)]),
            (false, &[5, 0xff], &[Foreign]),
            (false, b"HTTP/1.0 400", &[Foreign]),
            (true, &[5, 0xff], &[Refused(Outcome::AuthRequired)]),
            (true, &[5, 2], &[Refused(Outcome::AuthRequired)]),
            (true, &[5, 1], &[]),
            (true, &[5, 1, 0], &[Refused(Outcome::Echoed)]),
            (true, &[5, 1, 2], &[Refused(Outcome::AuthRequired)]),
            (true, b"HTTP", &[Foreign]),
            (true, &[5, 0], &[Welcome]),
            (true, &[5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0], &[Welcome]),
            (true, &[5, 0, 5, 2], &[Welcome, Refused(Outcome::Denied)]),
            (true, &[5, 0, 5, 4], &[Welcome, Refused(Outcome::Unreached)]),
            (true, &[5, 0, 5, 7], &[Welcome, Refused(Outcome::Denied)]),
            (true, &[5, 0, 5, 8], &[Welcome, Refused(Outcome::Unreached)]),
            (true, &[5, 0, 5, 1], &[Welcome, Refused(Outcome::Failed)]),
            (true, &[5, 0, 0, 0x5a], &[Welcome, Foreign]),
        ] {
            let mut replies = Replies::new(is_version5);
            let heard = octets.iter().map(|octet| replies.push(*octet));
            let heard: Vec<Heard> = heard.filter(|heard| *heard != Nothing).collect();
            assert_eq!(heard, expected, "{octets:?}");
        }
        for (kind, length) in [(1, 10), (4, 22), (3, 12)] {
            let mut reply = [0; 30];
            reply[..2].copy_from_slice(&[5, 0]);
            reply[2..][..granted.len()].copy_from_slice(&granted);
            reply[5] = kind;
            reply[6] = 5;
            let mut replies = Replies::new(true);
            let at = reply
                .iter()
                .position(|octet| replies.push(*octet) == Granted);
            assert_eq!(at, Some(2 + length - 1), "type {kind}");
        }
        let mut replies = Replies::new(true);
        replies.push(5);
        replies.push(1);
        assert!(replies.may_be_echo());
    }
}
