//! What we ask.

use super::{
    name::{WIRE_NAME_OCTETS_MAX, WireName},
    packet::{CLASS_IN, HEADER_OCTETS, Message, RecordType},
};

/// Where a resolver answers.
pub const DNS_PORT: u16 = 53;
/// The largest datagram that a server may answer with, in octets: no path over IPv6 splits it.
pub const UDP_OCTETS_MAX: u16 = 1_232;
/// The longest query, in octets, without the length before it on a stream.
pub const QUERY_OCTETS_MAX: usize = HEADER_OCTETS + WIRE_NAME_OCTETS_MAX + 4 + OPT.len();

/// A name, and what is wanted of it. The class is always IN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Whose records.
    pub name: WireName,
    /// Which ones.
    pub kind: RecordType,
}

/// A question as it goes out, with what makes the answer hard to forge (RFC 5452).
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// What is asked.
    pub question: &'a Question,
    /// Nobody can guess it.
    pub id: u16,
    /// Which letters of the name change their case: one bit for each octet, over and over. Servers
    /// repeat the name as it came, and a forger must guess these too.
    pub case: u64,
    /// Whether it says that larger datagrams than 512 octets may come (RFC 6891).
    pub extended: bool,
}

/// Recursion desired.
const FLAGS: u16 = 0x0100;
/// The root's OPT record: [`UDP_OCTETS_MAX`], version 0, no options.
const OPT: [u8; 11] = {
    let [high, low] = UDP_OCTETS_MAX.to_be_bytes();
    [0, 0, 41, high, low, 0, 0, 0, 0, 0, 0]
};

impl Query<'_> {
    /// Writes it to the beginning of `out`; how many octets it has, or `None` where `out` is too
    /// short. [`QUERY_OCTETS_MAX`] always suffice.
    pub fn write(&self, out: &mut [u8]) -> Option<usize> {
        let opt: &[u8] = if self.extended { &OPT } else { &[] };
        let fields = [self.id, FLAGS, 1, 0, 0, u16::from(self.extended)];
        let header = fields.into_iter().flat_map(u16::to_be_bytes);
        let octets = header.chain(self.asked()).chain(opt.iter().copied());
        let mut places = out.iter_mut();
        let mut written = 0_usize;
        for octet in octets {
            *places.next()? = octet;
            written = written.saturating_add(1);
        }
        Some(written)
    }

    /// Whether `message` has this query's identifier and question, to the case of each letter. A
    /// server that could not, or would not, read the question may leave it out.
    pub fn is_answered_by(&self, message: &Message<'_>) -> bool {
        let [questions, ..] = message.counts;
        let repeats = match questions {
            0 => {
                message.flags & 15 != 0
                    && message.response_code() != super::ResponseCode::NoSuchName
            }
            1 => {
                let mut said = message.body().iter().copied();
                self.asked().all(|octet| said.next() == Some(octet))
            }
            _ => false,
        };
        message.is_response() && message.id == self.id && repeats
    }

    /// The question's octets.
    fn asked(&self) -> impl Iterator<Item = u8> {
        let [high, low] = self.question.kind.0.to_be_bytes();
        let [class_high, class_low] = CLASS_IN.to_be_bytes();
        let mut case = self.case;
        // No length of a label is a letter's octet.
        let name = self.question.name.as_octets().iter().map(move |octet| {
            case = case.rotate_right(1);
            if octet.is_ascii_alphabetic() && case >> 63 == 1 {
                octet ^ 0x20
            } else {
                *octet
            }
        });
        name.chain([high, low, class_high, class_low])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(name: &str, kind: RecordType) -> Question {
        Question {
            name: WireName::new(name).unwrap(),
            kind,
        }
    }

    fn written(query: &Query<'_>) -> Vec<u8> {
        let mut out = [0; QUERY_OCTETS_MAX];
        let count = query.write(&mut out).unwrap();
        out[..count].to_vec()
    }

    #[test]
    fn a_query_octet_for_octet() {
        let question = question("a.example", RecordType::MX);
        let mut query = Query {
            question: &question,
            id: 0x1234,
            case: 0,
            extended: true,
        };
        let plain = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\x07example\0\0\x0f\0\x01";
        let mut extended = plain.to_vec();
        extended[11] = 1;
        extended.extend(b"\0\0\x29\x04\xd0\0\0\0\0\0\0");
        assert_eq!(written(&query), extended);
        query.extended = false;
        assert_eq!(written(&query), plain);
        query.case = 0b10_1000;
        assert_eq!(written(&query)[12..23], *b"\x01a\x07ExAmple\0");
    }

    #[test]
    fn the_longest_query_has_room_and_a_longer_one_is_told() {
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}", "b".repeat(61));
        let question = question(&longest, RecordType::TXT);
        let query = Query {
            question: &question,
            id: 1,
            case: 1,
            extended: true,
        };
        assert_eq!(written(&query).len(), QUERY_OCTETS_MAX);
        assert_eq!(query.write(&mut [0; QUERY_OCTETS_MAX - 1]), None);
    }

    #[test]
    fn which_messages_answer() {
        let question = question("a.example", RecordType::A);
        let query = Query {
            question: &question,
            id: 7,
            case: 0b1000,
            extended: false,
        };
        let asked = b"\x01a\x07Example\0\0\x01\0\x01";
        for (id, flags, count, body, answers) in [
            (7, 0x8180, 1, asked.as_slice(), true),
            (7, 0x8183, 1, asked, true),
            (8, 0x8180, 1, asked, false),
            // A query, and the answer to another kind of query.
            (7, 0x0100, 1, asked, false),
            (7, 0xa180, 1, asked, false),
            (7, 0x8180, 2, asked, false),
            (7, 0x8180, 1, b"\x01a\x07example\0\0\x01\0\x01", false),
            (7, 0x8180, 1, b"\x01b\x07Example\0\0\x01\0\x01", false),
            (7, 0x8180, 1, b"\x01a\x07Example\0\0\x1c\0\x01", false),
            (7, 0x8180, 1, b"\x01a\x07Example\0\0\x01\0\x03", false),
            (7, 0x8180, 1, b"\x01a\x07Exam", false),
            // Without a question: only where it was not read.
            (7, 0x8180, 0, b"", false),
            (7, 0x8183, 0, b"", false),
            (7, 0x8181, 0, b"", true),
            (7, 0x8185, 0, b"", true),
        ] {
            let header = [id, flags, count, 0, 0, 0].map(u16::to_be_bytes);
            let octets = [header.as_flattened(), body].concat();
            let message = Message::new(&octets).unwrap();
            assert_eq!(
                query.is_answered_by(&message),
                answers,
                "{id} {flags:x} {count} {body:?}"
            );
        }
    }
}
