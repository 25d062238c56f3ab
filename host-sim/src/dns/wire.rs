//! Queries read and answers written (RFC 1035, 4).

use super::Record;

/// A question as it came.
pub(super) struct Query {
    pub(super) id: u16,
    /// In the case in which it came, with dots.
    pub(super) name: String,
    pub(super) kind: u16,
    /// How long a datagram may be that answers.
    pub(super) octets_max: u16,
}

impl Query {
    /// Reads a query with one question in class IN.
    pub(super) fn read(octets: &[u8]) -> Option<Self> {
        let field = |at: usize| Some(u16::from_be_bytes([*octets.get(at)?, *octets.get(at + 1)?]));
        if field(2)? & 0xf800 != 0 || field(4)? != 1 {
            return None;
        }
        let mut labels = Vec::new();
        let mut at = 12;
        loop {
            let length = usize::from(*octets.get(at)?);
            at += 1;
            if length == 0 {
                break;
            }
            let label = octets.get(at..at + length)?;
            labels.push(String::from_utf8(label.to_vec()).ok()?);
            at += length;
        }
        let has_opt = field(10)? == 1 && octets.get(at + 4..at + 7) == Some(&[0, 0, 41]);
        Some(Self {
            id: field(0)?,
            name: labels.join("."),
            kind: field(at)?,
            octets_max: if has_opt {
                field(at + 7)?.max(512)
            } else {
                512
            },
        })
    }
}

/// The number of a record's type.
pub(super) fn kind(record: &Record) -> u16 {
    match record {
        Record::A(_) => 1,
        Record::Cname(_) => CNAME,
        Record::Ptr(_) => 12,
        Record::Mx(..) => 15,
        Record::Txt(_) => 16,
        Record::Aaaa(_) => 28,
    }
}

pub(super) const CNAME: u16 = 5;

/// An answer that is being written.
pub(super) struct Answer {
    octets: Vec<u8>,
    records: u16,
    authorities: u16,
}

impl Answer {
    /// The header and the question.
    pub(super) fn new(id: u16, code: u16, name: &str, kind: u16) -> Self {
        let header = [id, 0x8180 | code, 1, 0, 0, 0].map(u16::to_be_bytes);
        let mut answer = Self {
            octets: header.as_flattened().to_vec(),
            records: 0,
            authorities: 0,
        };
        answer.name(name);
        answer.fields([kind, 1]);
        answer
    }

    fn fields<const N: usize>(&mut self, fields: [u16; N]) {
        self.octets
            .extend(fields.map(u16::to_be_bytes).as_flattened());
    }

    fn name(&mut self, name: &str) {
        for label in name.split('.').filter(|label| !label.is_empty()) {
            self.octets
                .push(u8::try_from(label.len()).expect("a short label"));
            self.octets.extend(label.as_bytes());
        }
        self.octets.push(0);
    }

    /// One more answer; the name is written out.
    pub(super) fn record(&mut self, owner: &str, record: &Record) {
        self.name(owner);
        self.fields([kind(record), 1, 0, TTL_S, 0]);
        let from = self.octets.len();
        match record {
            Record::A(address) => self.octets.extend(address.octets()),
            Record::Aaaa(address) => self.octets.extend(address.octets()),
            Record::Ptr(name) | Record::Cname(name) => self.name(name),
            Record::Mx(preference, name) => {
                self.fields([*preference]);
                self.name(name);
            }
            Record::Txt(strings) => {
                for string in strings {
                    self.octets
                        .push(u8::try_from(string.len()).expect("a short string"));
                    self.octets.extend(string.as_bytes());
                }
            }
        }
        self.close(from);
        self.records += 1;
    }

    /// An answer whose owner is a pointer to itself.
    pub(super) fn loops(&mut self) {
        let here = u16::try_from(self.octets.len()).expect("a short message");
        self.fields([0xc000 | here, 1, 1, 0, TTL_S, 4]);
        self.octets.extend([192, 0, 2, 1]);
        self.records += 1;
    }

    /// Where the zone begins that has nothing more.
    pub(super) fn nothing(&mut self) {
        self.name("");
        self.fields([6, 1, 0, TTL_S, 0]);
        let from = self.octets.len();
        self.name("ns.invalid");
        self.name("root.invalid");
        self.fields([0, 1, 0, TTL_S, 0, TTL_S, 0, TTL_S, 0, TTL_S]);
        self.close(from);
        self.authorities += 1;
    }

    /// Who else is to be asked (RFC 1034, 4.3.1); whoever says so resolves nothing for others.
    pub(super) fn refers(&mut self) {
        self.octets[3] &= !RECURSION_AVAILABLE;
        self.name("example");
        self.fields([2, 1, 0, TTL_S, 0]);
        let from = self.octets.len();
        self.name("ns.example");
        self.close(from);
        self.authorities += 1;
    }

    /// Writes the length of the data that began at `from` before it.
    fn close(&mut self, from: usize) {
        let length = u16::try_from(self.octets.len() - from).expect("short data");
        self.octets[from - 2..from].copy_from_slice(&length.to_be_bytes());
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.octets[6..8].copy_from_slice(&self.records.to_be_bytes());
        self.octets[8..10].copy_from_slice(&self.authorities.to_be_bytes());
        self.octets
    }
}

/// The bit of the header's fourth octet.
const RECURSION_AVAILABLE: u8 = 0x80;
/// How long everything holds, in seconds.
const TTL_S: u16 = 300;
