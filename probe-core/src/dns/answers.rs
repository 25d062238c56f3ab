//! What was answered, kept after the message is gone.

use super::packet::{Data, RecordType, Strings};

/// How many octets of answers are kept: twenty mail exchangers with short names, or one text as
/// long as most.
pub const ANSWER_OCTETS_MAX: usize = 320;

/// The data of the records that answer a question, in the order in which they came, as many as
/// fit into `N` octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers<const N: usize = ANSWER_OCTETS_MAX> {
    kind: RecordType,
    /// Each behind its length in two octets; names without pointers.
    octets: heapless::Vec<u8, N, u16>,
    is_cut: bool,
}

impl<const N: usize> Answers<N> {
    /// None yet, of this type.
    pub const fn new(kind: RecordType) -> Self {
        Self {
            kind,
            octets: heapless::Vec::new(),
            is_cut: false,
        }
    }

    /// Forgets what was kept, for answers of another type.
    pub(super) fn begin(&mut self, kind: RecordType) {
        self.kind = kind;
        self.clear();
    }

    /// Forgets what was kept.
    pub(super) fn clear(&mut self) {
        self.octets.clear();
        self.is_cut = false;
    }

    /// Keeps one more, or notes that it was lost. Of a text that does not fit the beginning is
    /// kept, and that is noted as well.
    pub(crate) fn push(&mut self, data: &Data<'_>) {
        let before = self.octets.len();
        let kept = self.put(&[0, 0]).and_then(|()| match *data {
            Data::A(address) => self.put(&address.octets()),
            Data::Aaaa(address) => self.put(&address.octets()),
            Data::Ptr(name) | Data::Cname(name) => self.put_name(name.labels()),
            Data::Mx {
                preference,
                exchange,
            } => {
                self.put(&preference.to_be_bytes())?;
                self.put_name(exchange.labels())
            }
            Data::Txt(strings) => self.put_strings(strings),
            Data::Soa { minimum_s } => {
                self.put(&[0; 18])?;
                self.put(&minimum_s.to_be_bytes())
            }
            Data::Unknown(raw) => self.put(raw),
        });
        let length = self.octets.len().saturating_sub(before).saturating_sub(2);
        let place = self.octets.get_mut(before..).unwrap_or_default();
        match (kept, place.first_chunk_mut()) {
            (Some(()), Some(place)) => *place = (length as u16).to_be_bytes(),
            _ => {
                self.octets.truncate(before);
                self.is_cut = true;
            }
        }
    }

    fn put(&mut self, octets: &[u8]) -> Option<()> {
        self.octets.extend_from_slice(octets).ok()
    }

    fn put_name<'a>(&mut self, labels: impl Iterator<Item = &'a [u8]>) -> Option<()> {
        for label in labels {
            self.put(&[label.len() as u8])?;
            self.put(label)?;
        }
        self.put(&[0])
    }

    fn put_strings(&mut self, strings: Strings<'_>) -> Option<()> {
        for string in strings.iter() {
            let room = N.saturating_sub(self.octets.len());
            let fits = string.get(..room.checked_sub(1)?).unwrap_or(string);
            self.put(&[fits.len() as u8])?;
            self.put(fits)?;
            if fits.len() < string.len() {
                self.is_cut = true;
                break;
            }
        }
        Some(())
    }

    /// Notes that there were more than came.
    pub(super) fn cut(&mut self) {
        self.is_cut = true;
    }

    /// Whether there were more than are kept, or longer ones.
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }

    /// What is kept.
    pub fn iter(&self) -> impl Iterator<Item = Data<'_>> {
        let mut at = 0_usize;
        core::iter::from_fn(move || {
            let rest = self.octets.get(at..)?;
            let length = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
            let from = at.saturating_add(2);
            at = from.saturating_add(length);
            Data::read(self.kind, &self.octets, from, at).ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::{NameView, WireName};

    fn text(octets: &[u8]) -> Data<'_> {
        Data::read(RecordType::TXT, octets, 0, octets.len()).unwrap()
    }

    #[test]
    fn what_is_kept_comes_back() {
        let name = WireName::new("Mail.example").unwrap();
        let data: [(RecordType, &[Data<'_>]); 7] = [
            (
                RecordType::A,
                &[
                    Data::A([192, 0, 2, 1].into()),
                    Data::A([127, 0, 0, 2].into()),
                ],
            ),
            (RecordType::AAAA, &[Data::Aaaa([7; 16].into())]),
            (RecordType::PTR, &[Data::Ptr(name.view())]),
            (RecordType::CNAME, &[Data::Cname(name.view())]),
            (
                RecordType::MX,
                &[Data::Mx {
                    preference: 10,
                    exchange: name.view(),
                }],
            ),
            (RecordType::TXT, &[text(b"\x03abc\0\x01d"), text(b"\0")]),
            (RecordType(99), &[Data::Unknown(b"abc"), Data::Unknown(b"")]),
        ];
        for (kind, data) in data {
            let mut answers = <Answers>::new(kind);
            assert!(answers.is_empty());
            data.iter().for_each(|data| answers.push(data));
            assert_eq!(answers.iter().collect::<Vec<_>>(), data);
            assert!(!answers.is_cut());
            answers.clear();
            assert!(answers.is_empty());
        }
        let mut answers = <Answers>::new(RecordType::SOA);
        answers.push(&Data::Soa { minimum_s: 60 });
        assert_eq!(answers.iter().next(), Some(Data::Soa { minimum_s: 60 }));
    }

    #[test]
    fn what_does_not_fit_is_noted() {
        let mut answers = <Answers>::new(RecordType::A);
        for octet in 0..=255 {
            answers.push(&Data::A([10, 0, 0, octet].into()));
        }
        assert!(answers.is_cut());
        let kept: Vec<_> = answers.iter().collect();
        assert_eq!(kept.len(), ANSWER_OCTETS_MAX / 6);
        assert_eq!(kept[52], Data::A([10, 0, 0, 52].into()));

        // A shorter name still fits behind one that did not.
        let label = "a".repeat(63);
        let long = WireName::new(&format!("{label}.{label}.{label}.example")).unwrap();
        let short = WireName::new("a.example").unwrap();
        let mut answers = <Answers>::new(RecordType::PTR);
        for name in [&long, &long, &short] {
            answers.push(&Data::Ptr(name.view()));
        }
        let kept: Vec<_> = answers.iter().collect();
        assert_eq!(kept, [Data::Ptr(long.view()), Data::Ptr(short.view())]);
        assert!(answers.is_cut());
    }

    #[test]
    fn of_a_long_text_the_beginning_is_kept() {
        let mut octets = vec![200];
        octets.extend([b'a'; 200]);
        octets.push(200);
        octets.extend([b'b'; 200]);
        let mut answers = <Answers>::new(RecordType::TXT);
        answers.push(&text(&octets));
        answers.push(&text(b"\x03abc"));
        assert!(answers.is_cut());
        let kept: Vec<_> = answers.iter().collect();
        let [Data::Txt(strings)] = kept[..] else {
            panic!("{kept:?}");
        };
        let lengths: Vec<usize> = strings.iter().map(<[u8]>::len).collect();
        assert_eq!(lengths, [200, ANSWER_OCTETS_MAX - 2 - 201 - 1]);
    }

    #[test]
    fn a_name_of_many_pieces_is_kept_whole() {
        let octets = b"............\x07example\0\x04mail\xc0\x0c";
        let (name, _) = NameView::read(octets, 21).unwrap();
        let mut answers = <Answers>::new(RecordType::PTR);
        answers.push(&Data::Ptr(name));
        let whole = WireName::new("mail.example").unwrap();
        assert_eq!(answers.iter().next(), Some(Data::Ptr(whole.view())));
    }
}
