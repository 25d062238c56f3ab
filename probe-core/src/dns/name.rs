//! Names as they travel: labels, and pointers to labels that were said before.

use core::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use super::packet::{HEADER_OCTETS, Malformed};
use crate::name::{Name, NameError};

/// The longest name on the wire, in octets with its lengths and its root (RFC 1035, 2.3.4).
pub const WIRE_NAME_OCTETS_MAX: usize = 255;
/// The longest label, in octets without its length.
pub const LABEL_OCTETS_MAX: usize = 63;
/// How many pointers one name may follow. Each leads to an earlier place, so no name loops; this
/// bounds what a message of nothing but pointers costs.
pub const POINTERS_MAX: u8 = 32;

/// A name where it stands in a message: checked, in the case that it has there. Two are equal
/// where they differ in nothing but the case of ASCII letters (RFC 4343).
#[derive(Clone, Copy)]
pub struct NameView<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> NameView<'a> {
    /// The name that begins at `at`, and where the octets behind it begin.
    pub(super) fn read(octets: &'a [u8], at: usize) -> Result<(Self, usize), Malformed> {
        let mut walk = Walk::new(octets, at);
        let mut length = 1_usize;
        while let Some(label) = walk.step()? {
            length = length.saturating_add(label.len()).saturating_add(1);
            if length > WIRE_NAME_OCTETS_MAX {
                return Err(Malformed::NameTooLong);
            }
        }
        Ok((Self { octets, at }, walk.after.unwrap_or(walk.at)))
    }

    /// Its labels from left to right, without the root.
    pub fn labels(self) -> impl Iterator<Item = &'a [u8]> {
        let mut walk = Walk::new(self.octets, self.at);
        core::iter::from_fn(move || walk.step().ok().flatten())
    }

    /// Whether it has no labels. As a mail exchanger: this domain takes no mail (RFC 7505).
    pub fn is_root(self) -> bool {
        self.labels().next().is_none()
    }

    /// The name as the rest of the core keeps names: in lower case, at most
    /// [`crate::name::NAME_OCTETS_MAX`] octets of letters, digits, hyphens and underscores.
    pub fn to_name(self) -> Result<Name, NameError> {
        let mut text = heapless::String::<{ crate::name::NAME_OCTETS_MAX + 1 }, u8>::new();
        for label in self.labels() {
            let dot = if text.is_empty() { "" } else { "." };
            text.push_str(dot).map_err(|_| NameError::TooLong)?;
            for octet in label {
                // A label with a dot in it would become two.
                if !octet.is_ascii() || *octet == b'.' {
                    return Err(NameError::Octet);
                }
                let letter = char::from(*octet);
                text.push(letter).map_err(|_| NameError::TooLong)?;
            }
        }
        Name::new(&text)
    }
}

impl PartialEq for NameView<'_> {
    fn eq(&self, other: &Self) -> bool {
        let mut theirs = other.labels();
        self.labels().all(|ours| {
            theirs
                .next()
                .is_some_and(|label| label.eq_ignore_ascii_case(ours))
        }) && theirs.next().is_none()
    }
}

impl Eq for NameView<'_> {}

/// As in a zone file: dots between labels and at the end, `\DDD` for what is not printable.
impl fmt::Debug for NameView<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return out.write_str(".");
        }
        for label in self.labels() {
            for octet in label {
                match octet {
                    b'.' | b'\\' => write!(out, "\\{}", char::from(*octet))?,
                    b'!'..=b'~' => write!(out, "{}", char::from(*octet))?,
                    _ => write!(out, "\\{octet:03}")?,
                }
            }
            out.write_str(".")?;
        }
        Ok(())
    }
}

/// Goes through a name label by label.
struct Walk<'a> {
    octets: &'a [u8],
    at: usize,
    /// Where the labels that are being read began: pointers lead before it.
    began: usize,
    /// Where the octets behind the name begin, once a pointer was followed.
    after: Option<usize>,
    pointers: u8,
}

impl<'a> Walk<'a> {
    const fn new(octets: &'a [u8], at: usize) -> Self {
        Self {
            octets,
            at,
            began: at,
            after: None,
            pointers: 0,
        }
    }

    /// The next label; `None` at the root.
    fn step(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        loop {
            let rest = self.octets.get(self.at..).unwrap_or_default();
            let (first, rest) = rest.split_first().ok_or(Malformed::Truncated)?;
            let length = usize::from(*first);
            match length {
                0 => {
                    self.at = self.at.saturating_add(1);
                    return Ok(None);
                }
                1..=LABEL_OCTETS_MAX => {
                    self.at = self.at.saturating_add(length).saturating_add(1);
                    return rest.get(..length).map(Some).ok_or(Malformed::Truncated);
                }
                0xc0.. => {
                    let low = rest.first().ok_or(Malformed::Truncated)?;
                    let target = (length & 0x3f) << 8 | usize::from(*low);
                    self.pointers = self.pointers.saturating_add(1);
                    if !(HEADER_OCTETS..self.began).contains(&target)
                        || self.pointers > POINTERS_MAX
                    {
                        return Err(Malformed::Pointer);
                    }
                    self.after.get_or_insert(self.at.saturating_add(2));
                    self.began = target;
                    self.at = target;
                }
                _ => return Err(Malformed::Label),
            }
        }
    }
}

/// A name of our own, ready for the wire: without pointers.
#[derive(Clone, PartialEq, Eq)]
pub struct WireName(heapless::Vec<u8, WIRE_NAME_OCTETS_MAX, u8>);

/// Why something is no [`WireName`]: over [`WIRE_NAME_OCTETS_MAX`] octets, or an empty label or
/// one over [`LABEL_OCTETS_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAName;

impl WireName {
    /// From text: labels of any octets between dots; a dot at the end may be missing. "." is the
    /// root.
    pub fn new(text: &str) -> Result<Self, NotAName> {
        let mut name = Self(heapless::Vec::new());
        name.push_text(text)?;
        Ok(name)
    }

    /// The root.
    pub(super) fn root() -> Self {
        let mut octets = heapless::Vec::new();
        let _ = octets.push(0);
        Self(octets)
    }

    /// The name whose PTR records tell what `address` is called (RFC 1035, 3.5, and RFC 3596, 2.5).
    pub fn reverse(address: IpAddr) -> Result<Self, NotAName> {
        let zone = if address.is_ipv4() {
            "in-addr.arpa"
        } else {
            "ip6.arpa"
        };
        Self::below(address, zone)
    }

    /// The name whose records tell what the list `zone` says of `address` (RFC 5782, 2.1 and 2.4):
    /// octets, or nibbles, from the last to the first, and then the zone.
    pub fn listed(address: IpAddr, zone: &Name) -> Result<Self, NotAName> {
        Self::below(address, zone.as_str())
    }

    fn below(address: IpAddr, zone: &str) -> Result<Self, NotAName> {
        let mut name = Self(heapless::Vec::new());
        match address {
            IpAddr::V4(address) => name.push_octets(address),
            IpAddr::V6(address) => name.push_nibbles(address),
        }?;
        name.push_text(zone)?;
        Ok(name)
    }

    fn push_octets(&mut self, address: Ipv4Addr) -> Result<(), NotAName> {
        for octet in address.octets().iter().rev() {
            let digits = [octet / 100, octet / 10 % 10, octet % 10].map(|digit| b'0' + digit);
            let zeroes = match octet {
                0..=9 => 2,
                10..=99 => 1,
                _ => 0,
            };
            self.push_label(digits.get(zeroes..).unwrap_or_default())?;
        }
        Ok(())
    }

    fn push_nibbles(&mut self, address: Ipv6Addr) -> Result<(), NotAName> {
        for octet in address.octets().iter().rev() {
            for nibble in [octet & 15, octet >> 4] {
                let digit = match nibble {
                    0..=9 => b'0' + nibble,
                    _ => b'a' - 10 + nibble,
                };
                self.push_label(&[digit])?;
            }
        }
        Ok(())
    }

    /// Labels, and the root.
    fn push_text(&mut self, text: &str) -> Result<(), NotAName> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if !text.is_empty() {
            for label in text.as_bytes().split(|octet| *octet == b'.') {
                self.push_label(label)?;
            }
        }
        self.0.push(0).map_err(|_| NotAName)
    }

    fn push_label(&mut self, label: &[u8]) -> Result<(), NotAName> {
        if !(1..=LABEL_OCTETS_MAX).contains(&label.len()) {
            return Err(NotAName);
        }
        self.0.push(label.len() as u8).map_err(|_| NotAName)?;
        self.0.extend_from_slice(label).map_err(|_| NotAName)
    }

    /// The octets on the wire.
    pub fn as_octets(&self) -> &[u8] {
        &self.0
    }

    /// The name to look at.
    pub fn view(&self) -> NameView<'_> {
        NameView {
            octets: &self.0,
            at: 0,
        }
    }
}

impl fmt::Debug for WireName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_text() {
        let long_label = "a".repeat(63);
        let longest = format!("{0}.{0}.{0}.{1}", long_label, "a".repeat(61));
        let too_long_label = format!("{long_label}a.example");
        let too_long = format!("{longest}a");
        for (text, expected) in [
            ("example.org", Ok("example.org.")),
            ("Example.ORG.", Ok("Example.ORG.")),
            (".", Ok(".")),
            ("", Ok(".")),
            ("_dmarc.example", Ok("_dmarc.example.")),
            ("a b\\.example", Ok("a\\032b\\\\.example.")),
            ("a..b", Err(NotAName)),
            (".a", Err(NotAName)),
            ("..", Err(NotAName)),
            (&too_long_label, Err(NotAName)),
            (&too_long, Err(NotAName)),
        ] {
            let name = WireName::new(text).map(|name| format!("{name:?}"));
            assert_eq!(name.as_deref(), expected.as_ref().copied(), "{text:?}");
        }
        let longest = WireName::new(&longest).unwrap();
        assert_eq!(longest.as_octets().len(), WIRE_NAME_OCTETS_MAX);
    }

    #[test]
    fn reverse_names() {
        for (address, name) in [
            ("192.0.2.1", "1.2.0.192.in-addr.arpa."),
            ("255.10.109.0", "0.109.10.255.in-addr.arpa."),
            (
                "2001:db8::567:89ab",
                "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
            ),
        ] {
            let reverse = WireName::reverse(address.parse().unwrap()).unwrap();
            assert_eq!(format!("{reverse:?}"), name);
        }
    }

    #[test]
    fn names_in_a_list() {
        let zone = Name::new("dnsbl.example.net").unwrap();
        for (address, name) in [
            ("127.0.0.2", "2.0.0.127.dnsbl.example.net."),
            (
                "::ffff:7f00:2",
                "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.dnsbl.example.net.",
            ),
        ] {
            let listed = WireName::listed(address.parse().unwrap(), &zone).unwrap();
            assert_eq!(format!("{listed:?}"), name);
        }
    }

    #[test]
    fn the_longest_zone_of_a_list_has_room() {
        let zone = Name::new(&format!("{}.{}", "a".repeat(31), "b".repeat(32))).unwrap();
        assert_eq!(zone.as_str().len(), crate::name::NAME_OCTETS_MAX);
        assert!(WireName::listed(Ipv6Addr::LOCALHOST.into(), &zone).is_ok());
    }

    #[test]
    fn names_are_equal_without_regard_to_case() {
        let name = |text| WireName::new(text).unwrap();
        for (one, other, equal) in [
            ("mail.example.org", "MAIL.example.Org", true),
            ("mail.example.org", "mail.example", false),
            ("mail.example", "mail.example.org", false),
            ("mail.example", "mai.lexample", false),
            ("a[.example", "a{.example", false),
            (".", ".", true),
        ] {
            assert_eq!(
                name(one).view() == name(other).view(),
                equal,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn names_for_the_rest_of_the_core() {
        let long = format!("{}.example", "a".repeat(60));
        for (octets, expected) in [
            (
                WireName::new("Mail.Example.ORG").unwrap().0.as_slice(),
                Ok("mail.example.org"),
            ),
            (&[0], Err(NameError::Empty)),
            (b"\x03a.b\x03org\0", Err(NameError::Octet)),
            (b"\x02\xc3\xa4\x03org\0", Err(NameError::Octet)),
            (b"\x02\xff\xa4\x03org\0", Err(NameError::Octet)),
            (b"\x06a>\r\nQU\0", Err(NameError::Octet)),
            (
                WireName::new(&long).unwrap().as_octets(),
                Err(NameError::TooLong),
            ),
        ] {
            let (view, after) = NameView::read(octets, 0).unwrap();
            assert_eq!(after, octets.len());
            let name = view.to_name();
            let name = name.as_ref().map(Name::as_str).map_err(|error| *error);
            assert_eq!(name, expected, "{octets:?}");
        }
    }
}
