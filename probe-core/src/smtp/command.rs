//! Command lines (RFC 5321, 4.1.1), written into a buffer that is lent.

use core::net::IpAddr;

use ufmt::uWrite;

use super::{
    literal,
    path::{self, TooLong},
};
use crate::name::Name;

/// The longest command line, in octets with CRLF (RFC 5321, 4.5.3.1.4).
pub const COMMAND_OCTETS_MAX: usize = 512;

/// How the client introduces itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Greeter<'a> {
    /// By a name.
    Name(&'a Name),
    /// By an address literal.
    Literal(IpAddr),
    /// As `localhost`.
    Localhost,
}

/// A command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// EHLO.
    Ehlo(Greeter<'a>),
    /// HELO.
    Helo(Greeter<'a>),
    /// MAIL FROM with the reverse-path as it is to be written, brackets included.
    Mail(&'a str),
    /// RCPT TO with the forward-path as it is to be written, brackets included.
    Rcpt(&'a str),
    /// DATA.
    Data,
    /// RSET.
    Rset,
    /// QUIT.
    Quit,
}

impl Command<'_> {
    /// Writes the line with its CRLF to the beginning of `out`; how many octets it has. Nothing is
    /// ever cut: what is too long is not written.
    pub fn write(&self, out: &mut [u8]) -> Result<usize, TooLong> {
        if let Self::Mail(text) | Self::Rcpt(text) = self {
            path::measure(text)?;
        }
        let mut line = Line::new(out);
        self.write_to(&mut line)?;
        Ok(line.octets())
    }

    fn write_to(&self, line: &mut Line<'_>) -> Result<(), TooLong> {
        match self {
            Self::Ehlo(greeter) => {
                line.write_str("EHLO ")?;
                greeter.write_to(line)?;
            }
            Self::Helo(greeter) => {
                line.write_str("HELO ")?;
                greeter.write_to(line)?;
            }
            Self::Mail(path) => {
                line.write_str("MAIL FROM:")?;
                line.write_str(path)?;
            }
            Self::Rcpt(path) => {
                line.write_str("RCPT TO:")?;
                line.write_str(path)?;
            }
            Self::Data => line.write_str("DATA")?,
            Self::Rset => line.write_str("RSET")?,
            Self::Quit => line.write_str("QUIT")?,
        }
        line.write_str("\r\n")
    }
}

impl Greeter<'_> {
    fn write_to(&self, line: &mut Line<'_>) -> Result<(), TooLong> {
        match self {
            Self::Name(name) => line.write_str(name.as_str()),
            Self::Literal(address) => literal::write(*address, line),
            Self::Localhost => line.write_str("localhost"),
        }
    }
}

/// A lent buffer that refuses what does not fit, and more than [`COMMAND_OCTETS_MAX`].
pub(crate) struct Line<'a> {
    out: &'a mut [u8],
    octets: usize,
}

impl<'a> Line<'a> {
    pub(crate) const fn new(out: &'a mut [u8]) -> Self {
        Self { out, octets: 0 }
    }

    /// How many octets were written.
    pub(crate) const fn octets(&self) -> usize {
        self.octets
    }

    /// Writes octets as they are.
    pub(crate) fn write_octets(&mut self, octets: &[u8]) -> Result<(), TooLong> {
        let end = self.octets.saturating_add(octets.len());
        if end > COMMAND_OCTETS_MAX {
            return Err(TooLong::Command);
        }
        let places = self.out.get_mut(self.octets..end).ok_or(TooLong::Command)?;
        for (place, octet) in places.iter_mut().zip(octets) {
            *place = *octet;
        }
        self.octets = end;
        Ok(())
    }
}

impl uWrite for Line<'_> {
    type Error = TooLong;

    fn write_str(&mut self, text: &str) -> Result<(), TooLong> {
        self.write_octets(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_as_rfc_5321_has_them() {
        let name = Name::new("probe.example.net").unwrap();
        for (command, expected) in [
            (
                Command::Ehlo(Greeter::Name(&name)),
                "EHLO probe.example.net\r\n",
            ),
            (
                Command::Helo(Greeter::Name(&name)),
                "HELO probe.example.net\r\n",
            ),
            (
                Command::Ehlo(Greeter::Literal("192.0.2.7".parse().unwrap())),
                "EHLO [192.0.2.7]\r\n",
            ),
            (
                Command::Ehlo(Greeter::Literal("2001:db8::7".parse().unwrap())),
                "EHLO [IPv6:2001:db8::7]\r\n",
            ),
            (Command::Ehlo(Greeter::Localhost), "EHLO localhost\r\n"),
            (Command::Mail("<>"), "MAIL FROM:<>\r\n"),
            (Command::Mail("s@d"), "MAIL FROM:s@d\r\n"),
            (Command::Rcpt("<u%d@h>"), "RCPT TO:<u%d@h>\r\n"),
            (Command::Data, "DATA\r\n"),
            (Command::Rset, "RSET\r\n"),
            (Command::Quit, "QUIT\r\n"),
        ] {
            let mut out = [0; COMMAND_OCTETS_MAX];
            let octets = command.write(&mut out).unwrap();
            assert_eq!(core::str::from_utf8(&out[..octets]), Ok(expected));
        }
    }

    #[test]
    fn what_does_not_fit_is_not_cut() {
        let mut six = [0; 6];
        assert_eq!(Command::Rset.write(&mut six), Ok(6));
        assert_eq!(Command::Quit.write(&mut six[..5]), Err(TooLong::Command));
        let mut wide = [0; 1024];
        let long = format!("<{}@d>", "u".repeat(65));
        assert_eq!(
            Command::Rcpt(&long).write(&mut wide),
            Err(TooLong::LocalPart)
        );
        let long = format!("<u@{}>", "d".repeat(300));
        assert_eq!(Command::Mail(&long).write(&mut wide), Err(TooLong::Path));
    }
}
