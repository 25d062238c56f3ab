//! Names and addresses of a job, written out: the same job writes the same octets for ever.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use ufmt::uWrite;

use super::{
    forms::{Hello, Recipient, Sender},
    pairs::{Pair, PairId, Slot},
};
use crate::{
    finding::JobSerial,
    name::Name,
    scope::Identity,
    smtp::{Command, Greeter, PathText, TooLong, base32, literal, path},
    token::{Role, Signer, Token, TokenText},
};

/// What all names and addresses of a job are made of. Whoever has a finding, the scope's identity
/// and the key can write them again.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The target.
    pub target: SocketAddr,
    /// Who we say that we are.
    pub identity: &'a Identity,
    /// What tokens are made with. Without it they have their length and prove nothing.
    pub signer: Option<&'a Signer>,
    /// Domains that the list knows the target to serve; the first two count.
    pub names: &'a [Name],
    /// What the target's address is called, behind these. A finding does not hold it.
    pub reverse: Option<&'a Name>,
    /// The name that the server gave itself.
    pub host: Option<&'a Name>,
    /// The job.
    pub serial: JobSerial,
    /// Hours since the scope was issued when the job began.
    pub hours: u16,
}

/// Why a form is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritten {
    /// It would be longer than RFC 5321 allows, with this target's names.
    TooLong,
    /// No name is known for it, or none that an earlier pair does not use already.
    NotFormable,
}

impl From<TooLong> for Unwritten {
    fn from(_: TooLong) -> Self {
        Self::TooLong
    }
}

impl From<heapless::CapacityError> for Unwritten {
    fn from(_: heapless::CapacityError) -> Self {
        Self::TooLong
    }
}

impl Envelope<'_> {
    /// Whether a pair can be written, and why not.
    pub fn check(&self, pair: PairId) -> Result<(), Unwritten> {
        Envelope {
            signer: None,
            ..*self
        }
        .measure(pair)
    }

    fn measure(&self, pair: PairId) -> Result<(), Unwritten> {
        if pair.pair().hello != Hello::Own {
            self.hello(pair.pair().hello, true, &mut [0; path::PATH_OCTETS_MAX])?;
        }
        if self.repeats_an_earlier_pair(pair) {
            return Err(Unwritten::NotFormable);
        }
        let mut text = PathText::new();
        self.mail(pair, &mut text)?;
        path::measure(&text)?;
        for twin in [false, true] {
            self.rcpt(pair, twin, &mut text)?;
            path::measure(&text)?;
        }
        Ok(())
    }

    /// Writes EHLO, or HELO, with its CRLF to the beginning of `out`; how many octets it has.
    pub fn hello(&self, hello: Hello, extended: bool, out: &mut [u8]) -> Result<usize, Unwritten> {
        let name;
        let greeter = match hello {
            Hello::Own => Greeter::Name(&self.identity.helo),
            Hello::Theirs => {
                name = self.name(Slot::Server).ok_or(Unwritten::NotFormable)?;
                Greeter::Name(&name)
            }
            Hello::Unknown => {
                let mut text = heapless::String::<96, u8>::new();
                text.write_str("nonexistent.")?;
                text.write_str(self.identity.sender_domain.as_str())?;
                name = Name::new(&text).map_err(|_| Unwritten::TooLong)?;
                Greeter::Name(&name)
            }
            Hello::Literal => Greeter::Literal(self.target.ip()),
            Hello::Localhost => Greeter::Localhost,
        };
        let command = if extended {
            Command::Ehlo(greeter)
        } else {
            Command::Helo(greeter)
        };
        Ok(command.write(out)?)
    }

    /// Writes what stands behind `MAIL FROM:` into `out`, in place of what was there.
    pub fn mail(&self, pair: PairId, out: &mut PathText) -> Result<(), Unwritten> {
        out.clear();
        let ours = self.identity.sender_domain.as_str();
        let mark = |out: &mut PathText| {
            let token = self.token(Role::Sender, first_with_this_mail(pair));
            out.write_str(&token)
        };
        match pair.pair().sender {
            Sender::F1 => {
                out.write_str("<")?;
                mark(out)?;
                write_all(out, &["@", ours, ">"])?;
            }
            Sender::F2 => out.write_str("<>")?,
            Sender::F3 => {
                let name = self.slot(pair)?;
                out.write_str("<")?;
                mark(out)?;
                write_all(out, &["@", name.as_str(), ">"])?;
            }
            Sender::F4 => {
                out.write_str("<")?;
                mark(out)?;
                out.write_str("@")?;
                literal::write(self.target.ip(), out)?;
                out.write_str(">")?;
            }
            Sender::F5 => {
                out.write_str("<")?;
                mark(out)?;
                out.write_str("@localhost>")?;
            }
            Sender::F6 => {
                out.write_str("<")?;
                mark(out)?;
                out.write_str(">")?;
            }
            Sender::F7 => {
                let name = self.slot(pair)?;
                write_all(out, &["<postmaster@", name.as_str(), ">"])?;
            }
            Sender::F8 => {
                write_all(out, &["<", ours, "!"])?;
                mark(out)?;
                out.write_str(">")?;
            }
            Sender::F9 => {
                out.write_str("<")?;
                mark(out)?;
                write_all(out, &["@nonexistent.", ours, ">"])?;
            }
            Sender::F10 => {
                out.write_str("<")?;
                mark(out)?;
                out.write_str("@>")?;
            }
            Sender::F11 => {
                mark(out)?;
                write_all(out, &["@", ours])?;
            }
        }
        Ok(())
    }

    /// Writes what stands behind `RCPT TO:` into `out`, in place of what was there. The twin has a
    /// domain that cannot exist where the form has our sink's.
    pub fn rcpt(&self, pair: PairId, twin: bool, out: &mut PathText) -> Result<(), Unwritten> {
        out.clear();
        let recipient = pair.pair().recipient;
        let mut nonce = heapless::String::<32, u8>::new();
        let d = if twin || recipient == Recipient::C3 {
            self.no_such_domain(pair, &mut nonce)?;
            nonce.as_str()
        } else {
            self.identity.sink_domain.as_str()
        };
        let is_control = matches!(recipient, Recipient::C2 | Recipient::C3);
        let role = if twin || is_control {
            Role::Twin
        } else {
            Role::Recipient
        };
        let u = self.token(role, pair);
        let u = u.as_str();
        let ip = |out: &mut PathText| literal::write(self.target.ip(), out);
        match recipient {
            Recipient::C1 => out.write_str("<postmaster>")?,
            Recipient::C2 => write_all(out, &["<", u, "@", self.slot(pair)?.as_str(), ">"])?,
            Recipient::C3 | Recipient::T1 | Recipient::T24 => {
                write_all(out, &["<", u, "@", d, ">"])?;
            }
            Recipient::T2 => write_all(out, &[u, "@", d])?,
            Recipient::T3 => {
                write_all(out, &["<", u, "%", d, "@", self.slot(pair)?.as_str(), ">"])?;
            }
            Recipient::T4 => {
                write_all(out, &["<", u, "%", d, "@"])?;
                ip(out)?;
                out.write_str(">")?;
            }
            Recipient::T5 => write_all(out, &["<", u, "%", d, ">"])?,
            Recipient::T6 => write_all(out, &["<\"", u, "@", d, "\">"])?,
            Recipient::T7 => write_all(out, &["<\"", u, "%", d, "\">"])?,
            Recipient::T8 => {
                let h = self.slot(pair)?;
                write_all(out, &["<\"", u, "@", d, "\"@", h.as_str(), ">"])?;
            }
            Recipient::T9 => {
                write_all(out, &["<\"", u, "@", d, "\"@"])?;
                ip(out)?;
                out.write_str(">")?;
            }
            Recipient::T10 => {
                write_all(out, &["<", u, "@", d, "@", self.slot(pair)?.as_str(), ">"])?;
            }
            Recipient::T11 => {
                write_all(out, &["<", u, "@", d, "@"])?;
                ip(out)?;
                out.write_str(">")?;
            }
            Recipient::T12 => {
                write_all(out, &["<@", self.slot(pair)?.as_str(), ":", u, "@", d, ">"])?;
            }
            Recipient::T13 => {
                out.write_str("<@")?;
                ip(out)?;
                write_all(out, &[":", u, "@", d, ">"])?;
            }
            Recipient::T14 => write_all(out, &["<", d, "!", u, ">"])?,
            Recipient::T15 => {
                write_all(out, &["<", d, "!", u, "@", self.slot(pair)?.as_str(), ">"])?;
            }
            Recipient::T16 => {
                write_all(out, &["<", d, "!", u, "@"])?;
                ip(out)?;
                out.write_str(">")?;
            }
            Recipient::T17 => write_all(out, &["<", u, "%", d, "@>"])?,
            Recipient::T18 => write_all(out, &["<", u, "@", d, "@>"])?,
            Recipient::T19 => {
                let (l, h) = (self.slot(pair)?, self.server()?);
                write_all(
                    out,
                    &["<@", l.as_str(), ",@", h.as_str(), ":", u, "@", d, ">"],
                )?;
            }
            Recipient::T20Name => write_all(out, &["<", u, "%", d, "@localhost>"])?,
            Recipient::T20Literal => {
                write_all(out, &["<", u, "%", d, "@"])?;
                literal::write(IpAddr::V4(Ipv4Addr::LOCALHOST), out)?;
                out.write_str(">")?;
            }
            Recipient::T21 => {
                let h = self.slot(pair)?;
                let h = h.as_str();
                write_all(out, &["<", u, "%", d, "%", h, "@", h, ">"])?;
            }
            Recipient::T22 => write_all(out, &["<", u, "@", d, ".>"])?,
            Recipient::T23 => {
                let h = self.slot(pair)?;
                write_all(out, &["<\"", u, "%", d, "\"@", h.as_str(), ">"])?;
            }
            Recipient::T25 => {
                let sink = self.identity.sink_address.ok_or(Unwritten::NotFormable)?;
                write_all(out, &["<", u, "@"])?;
                literal::write(sink, out)?;
                out.write_str(">")?;
            }
        }
        Ok(())
    }

    /// Whether a message may go out under what a pair claims of itself, as far as names are concerned. A
    /// bounce goes to whoever has the sender's domain, and what a server calls itself, or what its address
    /// is called, may be anybody's: only the list vouches for a domain, and for the names below it.
    pub fn is_vouched_for(&self, pair: PairId) -> bool {
        let Pair {
            hello,
            sender,
            slot,
            ..
        } = *pair.pair();
        let claimed = match hello {
            Hello::Theirs => Slot::Server,
            _ if sender.facts().needs_name => slot,
            _ => return true,
        };
        let mut listed = self.names.iter();
        self.name(claimed)
            .is_some_and(|name| listed.any(|listed| name.is_under(listed)))
    }

    /// The name that a slot stands for.
    pub fn name(&self, slot: Slot) -> Option<Name> {
        let reverse = |place: usize| self.reverse.filter(|_| place == self.names.len());
        let listed = |place: u8| {
            let place = usize::from(place);
            self.names.get(place).or_else(|| reverse(place)).cloned()
        };
        let parent = || self.host.and_then(Name::parent);
        // Whoever has only the finding writes the same, or nothing: what greeting and EHLO say goes
        // before what the address is called.
        match slot {
            Slot::Nameless => None,
            Slot::Host => self.host.cloned(),
            Slot::Parent => parent(),
            Slot::Listed(place) => listed(place),
            Slot::Server => self.host.cloned().or_else(|| listed(0)),
            Slot::Domain => {
                let first = self.names.first().cloned();
                let host = || self.host.or(self.reverse).cloned();
                first.or_else(parent).or_else(host)
            }
        }
    }

    fn slot(&self, pair: PairId) -> Result<Name, Unwritten> {
        self.name(pair.pair().slot).ok_or(Unwritten::NotFormable)
    }

    fn server(&self) -> Result<Name, Unwritten> {
        self.name(Slot::Server).ok_or(Unwritten::NotFormable)
    }

    /// Whether an earlier pair has the same forms and its slot stands for the same name.
    fn repeats_an_earlier_pair(&self, id: PairId) -> bool {
        let pair = id.pair();
        if pair.slot == Slot::Nameless {
            return false;
        }
        let name = self.name(pair.slot);
        PairId::all()
            .take(id.index())
            .map(PairId::pair)
            .any(|earlier: &Pair| {
                earlier.differs_only_in_name(pair) && self.name(earlier.slot) == name
            })
    }

    /// The token of a pair in a role: a local part, or what stands in the message.
    pub fn token(&self, role: Role, pair: PairId) -> TokenText {
        let (serial, place) = (self.serial, pair.index() as u8);
        let token = match self.signer {
            Some(signer) => signer.sign(role, serial, place, self.hours, self.target),
            None => Token::unsigned(role, serial, place, self.hours),
        };
        token.text()
    }

    /// A name under `.invalid` (RFC 6761, 6.4) that no other job and no other pair has.
    fn no_such_domain<W: uWrite>(&self, pair: PairId, out: &mut W) -> Result<(), W::Error> {
        let seed = (self.serial.0 << 22) ^ (u64::from(self.hours) << 6) ^ pair.index() as u64;
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let [_, _, _, octets @ ..] = (mixed ^ (mixed >> 31)).to_be_bytes();
        out.write_str("n")?;
        base32::write(&octets, out)?;
        out.write_str(".invalid")
    }
}

/// Pairs that share a MAIL command share its address, whichever of them are left to send.
fn first_with_this_mail(id: PairId) -> PairId {
    PairId::all()
        .find(|other| other.pair().shares_mail_with(id.pair()))
        .unwrap_or(id)
}

fn write_all(out: &mut PathText, parts: &[&str]) -> Result<(), Unwritten> {
    for part in parts {
        out.write_str(part)?;
    }
    Ok(())
}
