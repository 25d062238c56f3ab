//! What a server says: a view of octets that may be anything (RFC 1035, 4).
//!
//! Nothing is believed that the octets do not show: a count that promises more than there is, a
//! pointer that leads forwards or to itself, data that is longer than its record. Types that are
//! not known here are kept as octets.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::name::NameView;

/// What every message begins with, in octets.
pub const HEADER_OCTETS: usize = 12;
/// The class of the Internet.
pub const CLASS_IN: u16 = 1;

/// Why octets are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// They end before what they promise.
    Truncated,
    /// Octets are left behind the last record.
    Trailing,
    /// A pointer that does not lead to an earlier name, or one too many.
    Pointer,
    /// A label of a kind that RFC 6891, 5 leaves unused.
    Label,
    /// A name over 255 octets.
    NameTooLong,
    /// A record's data is not what its type has.
    Data,
    /// Aliases lead to aliases without an end.
    Aliases,
    /// An answer over TCP to something that was not asked, or of no octets.
    Stream,
}

/// A record type; what it says is known for some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordType(pub u16);

impl RecordType {
    /// An IPv4 address.
    pub const A: Self = Self(1);
    /// A name server.
    pub const NS: Self = Self(2);
    /// The name that this one is an alias of.
    pub const CNAME: Self = Self(5);
    /// Where a zone begins.
    pub const SOA: Self = Self(6);
    /// What an address is called.
    pub const PTR: Self = Self(12);
    /// A mail exchanger.
    pub const MX: Self = Self(15);
    /// Text.
    pub const TXT: Self = Self(16);
    /// An IPv6 address (RFC 3596).
    pub const AAAA: Self = Self(28);
    /// No record: what the sender of the message can do (RFC 6891).
    pub const OPT: Self = Self(41);
}

/// How a server took a query (RFC 1035, 4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseCode {
    /// 0: it has answered; perhaps with nothing.
    NoError,
    /// 1: it could not read the query.
    FormatError,
    /// 2: it, or whom it asked, failed.
    ServerFailure,
    /// 3: there is no such name.
    NoSuchName,
    /// 4: it cannot do that.
    NotImplemented,
    /// 5: it will not.
    Refused,
    /// Any other.
    Other(u16),
}

impl ResponseCode {
    /// From four bits of the header, and eight more of [`RecordType::OPT`] above them.
    pub const fn from_bits(bits: u16) -> Self {
        match bits {
            0 => Self::NoError,
            1 => Self::FormatError,
            2 => Self::ServerFailure,
            3 => Self::NoSuchName,
            4 => Self::NotImplemented,
            5 => Self::Refused,
            other => Self::Other(other),
        }
    }
}

/// A message whose header is there. The rest is checked while it is read.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    octets: &'a [u8],
    /// Chosen by whoever asked.
    pub id: u16,
    /// As in RFC 1035, 4.1.1.
    pub flags: u16,
    /// Questions, answers, authorities, additional records, as the header has them.
    pub counts: [u16; 4],
}

impl<'a> Message<'a> {
    /// Reads the header.
    pub fn new(octets: &'a [u8]) -> Result<Self, Malformed> {
        let field = |index: usize| u16_at(octets, index * 2).ok_or(Malformed::Truncated);
        Ok(Self {
            octets,
            id: field(0)?,
            flags: field(1)?,
            counts: [field(2)?, field(3)?, field(4)?, field(5)?],
        })
    }

    /// Whether it is a response to an ordinary query.
    pub const fn is_response(&self) -> bool {
        self.flags & 0xf800 == 0x8000
    }

    /// Whether there was more than there was room for.
    pub const fn is_truncated(&self) -> bool {
        self.flags & 0x0200 != 0
    }

    /// The four bits of the header; [`RecordType::OPT`] may have more.
    pub const fn response_code(&self) -> ResponseCode {
        ResponseCode::from_bits(self.flags & 15)
    }

    /// Everything behind the header.
    pub(super) fn body(&self) -> &'a [u8] {
        self.octets.get(HEADER_OCTETS..).unwrap_or_default()
    }

    /// The questions, by name, type and class.
    pub fn questions(
        &self,
    ) -> impl Iterator<Item = Result<(NameView<'a>, RecordType, u16), Malformed>> {
        let mut reader = Reader {
            octets: self.octets,
            at: HEADER_OCTETS,
        };
        let [mut left, ..] = self.counts;
        core::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let question = reader.question();
            if question.is_err() {
                left = 0;
            }
            Some(question)
        })
    }

    /// The records of all sections, in order. After the first error nothing follows.
    pub fn records(&self) -> Records<'a> {
        let [questions, left @ ..] = self.counts;
        Records {
            reader: Reader {
                octets: self.octets,
                at: HEADER_OCTETS,
            },
            questions,
            left,
        }
    }
}

/// A part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What was asked for.
    Answer,
    /// Who knows, or where a zone without it begins.
    Authority,
    /// What may help.
    Additional,
}

/// One record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Where it stands.
    pub section: Section,
    /// Whose it is.
    pub owner: NameView<'a>,
    /// What it is.
    pub kind: RecordType,
    /// [`CLASS_IN`], but for [`RecordType::OPT`].
    pub class: u16,
    /// For how many seconds it holds, as it stands there; over 2^31 it means zero (RFC 2181, 8).
    pub ttl_s: u32,
    /// What it says.
    pub data: Data<'a>,
}

/// What a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data<'a> {
    /// [`RecordType::A`].
    A(Ipv4Addr),
    /// [`RecordType::AAAA`].
    Aaaa(Ipv6Addr),
    /// [`RecordType::PTR`].
    Ptr(NameView<'a>),
    /// [`RecordType::CNAME`].
    Cname(NameView<'a>),
    /// [`RecordType::MX`].
    Mx {
        /// The lower the better.
        preference: u16,
        /// The root where the domain takes no mail (RFC 7505).
        exchange: NameView<'a>,
    },
    /// [`RecordType::TXT`].
    Txt(Strings<'a>),
    /// [`RecordType::SOA`], as far as it says for how long there is nothing (RFC 2308, 4).
    Soa {
        /// In seconds.
        minimum_s: u32,
    },
    /// Any other type, or another class, as it stands there; names in it may be pointers.
    Unknown(&'a [u8]),
}

impl<'a> Data<'a> {
    /// Reads `octets[at..end]`, which must be all of a record's data.
    pub(crate) fn read(
        kind: RecordType,
        octets: &'a [u8],
        at: usize,
        end: usize,
    ) -> Result<Self, Malformed> {
        // What is read below ends where the data ends; pointers lead backwards.
        let octets = octets.get(..end).ok_or(Malformed::Truncated)?;
        let raw = octets.get(at..).ok_or(Malformed::Truncated)?;
        let mut reader = Reader { octets, at };
        let data = match kind {
            RecordType::A => Self::A(reader.array::<4>()?.into()),
            RecordType::AAAA => Self::Aaaa(reader.array::<16>()?.into()),
            RecordType::PTR => Self::Ptr(reader.name()?),
            RecordType::CNAME => Self::Cname(reader.name()?),
            RecordType::MX => Self::Mx {
                preference: reader.u16()?,
                exchange: reader.name()?,
            },
            RecordType::TXT => return Strings::new(raw).map(Self::Txt),
            RecordType::SOA => {
                reader.name()?;
                reader.name()?;
                reader.array::<16>()?;
                Self::Soa {
                    minimum_s: u32::from_be_bytes(reader.array()?),
                }
            }
            _ => return Ok(Self::Unknown(raw)),
        };
        if reader.at == end {
            Ok(data)
        } else {
            Err(Malformed::Data)
        }
    }
}

/// The strings of a text record (RFC 1035, 3.3.14): at least one, each of at most 255 octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strings<'a>(&'a [u8]);

impl<'a> Strings<'a> {
    fn new(octets: &'a [u8]) -> Result<Self, Malformed> {
        let mut rest = octets;
        loop {
            (_, rest) = string(rest).ok_or(Malformed::Data)?;
            if rest.is_empty() {
                return Ok(Self(octets));
            }
        }
    }

    /// One after the other.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let (first, behind) = string(rest)?;
            rest = behind;
            Some(first)
        })
    }
}

/// A string behind its length, and what follows.
fn string(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = octets.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

/// Goes through the records of a message.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    reader: Reader<'a>,
    /// Not passed yet.
    questions: u16,
    left: [u16; 3],
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.read().transpose();
        if matches!(next, None | Some(Err(_))) {
            self.questions = 0;
            self.left = [0; 3];
            self.reader.octets = &[];
            self.reader.at = 0;
        }
        next
    }
}

impl<'a> Records<'a> {
    fn read(&mut self) -> Result<Option<Record<'a>>, Malformed> {
        while let Some(left) = self.questions.checked_sub(1) {
            self.questions = left;
            self.reader.question()?;
        }
        let sections = [Section::Answer, Section::Authority, Section::Additional];
        for (section, left) in sections.into_iter().zip(&mut self.left) {
            if let Some(fewer) = left.checked_sub(1) {
                *left = fewer;
                return self.reader.record(section).map(Some);
            }
        }
        if self.reader.at < self.reader.octets.len() {
            return Err(Malformed::Trailing);
        }
        Ok(None)
    }
}

/// A place in a message.
#[derive(Clone, Debug)]
struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let rest = self.octets.get(self.at..).unwrap_or_default();
        let array = rest.first_chunk().ok_or(Malformed::Truncated)?;
        self.at = self.at.saturating_add(N);
        Ok(*array)
    }

    fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    fn name(&mut self) -> Result<NameView<'a>, Malformed> {
        let (name, after) = NameView::read(self.octets, self.at)?;
        self.at = after;
        Ok(name)
    }

    fn question(&mut self) -> Result<(NameView<'a>, RecordType, u16), Malformed> {
        Ok((self.name()?, RecordType(self.u16()?), self.u16()?))
    }

    fn record(&mut self, section: Section) -> Result<Record<'a>, Malformed> {
        let (owner, kind, class) = self.question()?;
        let ttl_s = u32::from_be_bytes(self.array()?);
        let octets = usize::from(self.u16()?);
        let (at, end) = (self.at, self.at.saturating_add(octets));
        self.at = end;
        let known = if class == CLASS_IN {
            kind
        } else {
            RecordType::OPT
        };
        let data = match Data::read(known, self.octets, at, end) {
            // The record is whole, its data is not.
            Err(Malformed::Truncated) if end <= self.octets.len() => Err(Malformed::Data),
            read => read,
        }?;
        Ok(Record {
            section,
            owner,
            kind,
            class,
            ttl_s,
            data,
        })
    }
}

fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    octets
        .get(at..)?
        .first_chunk()
        .copied()
        .map(u16::from_be_bytes)
}

#[cfg(test)]
mod tests;
