//! Domain names that may stand in a command: checked once, printable for ever.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest name the core keeps, in octets. RFC 1035 allows 255; a longer one is "too long",
/// which is reported, never cut.
pub const NAME_OCTETS_MAX: usize = 64;

/// A domain name or host name in lower case: labels of letters, digits, hyphens and underscores
/// (RFC 5321, 4.1.2, and the underscore that real servers greet with), no trailing dot.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name(heapless::String<NAME_OCTETS_MAX, u8>);

/// Why a text is no [`Name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Nothing is left of it.
    Empty,
    /// Over [`NAME_OCTETS_MAX`] octets.
    TooLong,
    /// An empty label, one over 63 octets, or one that begins or ends with a hyphen.
    Label,
    /// An octet that no name has.
    Octet,
}

impl Name {
    /// Checks `text` and keeps it in lower case, without a trailing dot.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        for label in text.split('.') {
            if label.is_empty()
                || label.len() > 63
                || label.starts_with('-')
                || label.ends_with('-')
            {
                return Err(NameError::Label);
            }
            if !label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_')
            {
                return Err(NameError::Octet);
            }
        }
        let mut kept = heapless::String::new();
        for letter in text.chars() {
            kept.push(letter.to_ascii_lowercase())
                .map_err(|_| NameError::TooLong)?;
        }
        Ok(Self(kept))
    }

    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without its first label, where at least two labels remain.
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.as_str().split_once('.')?;
        if rest.contains('.') {
            Self::new(rest).ok()
        } else {
            None
        }
    }

    /// Whether `self` is `other` or a name below it.
    pub fn is_under(&self, other: &Self) -> bool {
        self.as_str()
            .strip_suffix(other.as_str())
            .is_some_and(|head| head.is_empty() || head.ends_with('.'))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(input)?;
        Self::new(text).map_err(|_| serde::de::Error::custom("not a domain name"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_and_lowered() {
        assert_eq!(
            Name::new("Mail.Example.ORG.").unwrap().as_str(),
            "mail.example.org"
        );
        for (text, error) in [
            ("", NameError::Empty),
            (".", NameError::Empty),
            ("a..b", NameError::Label),
            ("-a.b", NameError::Label),
            ("a b", NameError::Octet),
            ("a>\r\nQUIT", NameError::Octet),
            ("[192.0.2.1]", NameError::Octet),
        ] {
            assert_eq!(Name::new(text), Err(error), "{text:?}");
        }
        assert_eq!(Name::new(&["a"; 40].join(".")), Err(NameError::TooLong));
    }

    #[test]
    fn a_parent_keeps_at_least_two_labels() {
        let name = |text| Name::new(text).unwrap();
        assert_eq!(name("mail.example.org").parent(), Some(name("example.org")));
        assert_eq!(name("example.org").parent(), None);
        assert!(name("mail.example.org").is_under(&name("example.org")));
        assert!(!name("badexample.org").is_under(&name("example.org")));
    }
}
