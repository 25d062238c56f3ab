//! What several protocols write alike.

use core::net::IpAddr;

use ufmt::uWrite;

use super::setup::{Destination, Host};
use crate::smtp::{TooLong, command::Line, literal};

/// What a line could not take; a lent buffer is large enough for all of them.
pub(super) type Written = Result<(), TooLong>;

impl Destination<'_> {
    /// `192.0.2.1:25`, `[2001:db8::1]:25` or `sink.example.net:25` (RFC 3986, 3.2).
    pub(super) fn write(&self, out: &mut Line<'_>) -> Written {
        match self.host {
            Host::Address(address @ IpAddr::V6(_)) => {
                out.write_str("[")?;
                literal::write_bare(address, out)?;
                out.write_str("]")?;
            }
            Host::Address(address) => literal::write_bare(address, out)?,
            Host::Name(name) => out.write_str(name.as_str())?,
            Host::Invalid(token) => all(out, &[&token.text(), ".invalid"])?,
        }
        ufmt::uwrite!(out, ":{}", self.port)
    }
}

/// Writes texts one behind the other.
pub(super) fn all(out: &mut Line<'_>, texts: &[&str]) -> Written {
    texts.iter().try_for_each(|text| out.write_str(text))
}
