//! What a server offers in its answer to EHLO.

use bitflags::bitflags;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

bitflags! {
    /// The service extensions that an answer to EHLO names (RFC 5321, 4.1.1.1).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Extensions: u16 {
        /// RFC 2920.
        const PIPELINING = 1;
        /// RFC 3207.
        const STARTTLS = 1 << 1;
        /// RFC 4954, and the `AUTH=` of old servers.
        const AUTH = 1 << 2;
        /// RFC 1870.
        const SIZE = 1 << 3;
        /// RFC 6152.
        const EIGHT_BIT_MIME = 1 << 4;
        /// RFC 2034.
        const ENHANCED_STATUS_CODES = 1 << 5;
        /// RFC 3030.
        const CHUNKING = 1 << 6;
        /// RFC 6531.
        const SMTP_UTF8 = 1 << 7;
        /// RFC 3461.
        const DSN = 1 << 8;
        /// RFC 1985.
        const ETRN = 1 << 9;
        /// VRFY, named by Postfix and others.
        const VRFY = 1 << 10;
        /// HELP.
        const HELP = 1 << 11;
        /// Any other.
        const OTHER = 1 << 15;
    }
}

const KEYWORDS: [(&[u8], Extensions); 12] = [
    (b"PIPELINING", Extensions::PIPELINING),
    (b"STARTTLS", Extensions::STARTTLS),
    (b"AUTH", Extensions::AUTH),
    (b"SIZE", Extensions::SIZE),
    (b"8BITMIME", Extensions::EIGHT_BIT_MIME),
    (b"ENHANCEDSTATUSCODES", Extensions::ENHANCED_STATUS_CODES),
    (b"CHUNKING", Extensions::CHUNKING),
    (b"SMTPUTF8", Extensions::SMTP_UTF8),
    (b"DSN", Extensions::DSN),
    (b"ETRN", Extensions::ETRN),
    (b"VRFY", Extensions::VRFY),
    (b"HELP", Extensions::HELP),
];

impl Extensions {
    /// The extension that one line of the answer names, from its text after the code.
    pub(super) fn of_line(text: &[u8]) -> Self {
        let keyword = text
            .split(|octet| matches!(octet, b' ' | b'\t' | b'='))
            .next()
            .unwrap_or_default();
        if keyword.is_empty() {
            return Self::empty();
        }
        KEYWORDS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(keyword))
            .map_or(Self::OTHER, |(_, extension)| *extension)
    }
}

impl Serialize for Extensions {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u16(self.bits())
    }
}

impl<'de> Deserialize<'de> for Extensions {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        u16::deserialize(input).map(Self::from_bits_retain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_read_without_regard_to_case_and_parameters() {
        for (text, expected) in [
            ("PIPELINING", Extensions::PIPELINING),
            ("pipelining", Extensions::PIPELINING),
            ("SIZE 10240000", Extensions::SIZE),
            ("AUTH PLAIN LOGIN", Extensions::AUTH),
            ("AUTH=PLAIN LOGIN", Extensions::AUTH),
            ("PIPELININGS", Extensions::OTHER),
            ("X-EXPS GSSAPI NTLM", Extensions::OTHER),
            ("", Extensions::empty()),
        ] {
            assert_eq!(Extensions::of_line(text.as_bytes()), expected, "{text:?}");
        }
    }
}
