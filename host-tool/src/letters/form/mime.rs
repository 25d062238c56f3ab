//! What a mail is written with: header lines (RFC 5322, RFC 2047), quoted-printable and base64
//! (RFC 2045), parts with a boundary (RFC 2046). Everything is ASCII, and no line is longer than
//! these documents allow.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The longest line of a header or of an encoded body, in octets, without its end: RFC 2045, 6.7,
/// and RFC 2047, 2.
const LINE_OCTETS_MAX: usize = 76;

/// The longest encoded word, in octets (RFC 2047, 2).
const WORD_OCTETS_MAX: usize = 75;

const WORD_BEGIN: &str = "=?utf-8?Q?";
const WORD_END: &str = "?=";

/// The headers of a mail or of a part, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Headers(String);

impl Headers {
    /// A header whose value is ASCII and has no need to be folded, such as an identifier.
    pub(super) fn plain(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.0, "{name}: {value}\r\n");
        self
    }

    /// A header of words for people.
    pub(super) fn text(mut self, name: &str, text: &str) -> Self {
        let _ = write!(self.0, "{name}:");
        words(&mut self.0, name.len() + 1, text);
        self.0.push_str("\r\n");
        self
    }

    /// A header with an address, and the name of whoever has it.
    pub(super) fn address(mut self, name: &str, of: Option<&str>, address: &str) -> Self {
        let _ = write!(self.0, "{name}:");
        let mut column = name.len() + 1;
        if let Some(of) = of {
            let is_plain = of.bytes().all(|octet| (b' '..=b'~').contains(&octet));
            if is_plain {
                let quoted = format!("\"{}\"", of.replace('\\', "\\\\").replace('"', "\\\""));
                for word in quoted.split(' ') {
                    fold(&mut self.0, &mut column, word);
                }
            } else {
                column = words(&mut self.0, column, of);
            }
        }
        fold(&mut self.0, &mut column, &format!("<{address}>"));
        self.0.push_str("\r\n");
        self
    }
}

/// A part of a mail.
#[derive(Clone, Debug)]
pub(super) struct Part {
    headers: Headers,
    body: String,
}

impl Part {
    /// Text, in quoted-printable.
    pub(super) fn text(headers: Headers, text: &str) -> Self {
        let headers = headers
            .plain("Content-Type", "text/plain; charset=utf-8")
            .plain("Content-Transfer-Encoding", "quoted-printable");
        Self {
            headers,
            body: quoted_printable(text),
        }
    }

    /// A file beside the text, in base64. Its name is ASCII without quotation marks.
    pub(super) fn attachment(headers: Headers, kind: &str, name: &str, octets: &[u8]) -> Self {
        let headers = headers
            .plain("Content-Type", kind)
            .plain("Content-Transfer-Encoding", "base64")
            .plain(
                "Content-Disposition",
                &format!("attachment; filename=\"{name}\""),
            );
        let mut body = String::new();
        for line in super::base64(octets).as_bytes().chunks(LINE_OCTETS_MAX) {
            body.extend(line.iter().copied().map(char::from));
            body.push_str("\r\n");
        }
        Self { headers, body }
    }
}

/// A whole mail.
pub(super) fn message(headers: Headers, parts: &[Part]) -> Vec<u8> {
    let boundary = boundary(parts);
    let headers = headers.plain("MIME-Version", "1.0").plain(
        "Content-Type",
        &format!("multipart/mixed; boundary=\"{boundary}\""),
    );
    let mut mail = headers.0;
    for part in parts {
        let _ = write!(
            mail,
            "\r\n--{boundary}\r\n{}\r\n{}",
            part.headers.0, part.body
        );
    }
    let _ = write!(mail, "\r\n--{boundary}--\r\n");
    mail.into_bytes()
}

/// The same for the same parts. `=_` stands in no encoded line, so that no line of a part can be
/// taken for it.
fn boundary(parts: &[Part]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.body.as_bytes());
    }
    let digits: String = digest
        .finalize()
        .iter()
        .take(12)
        .map(|octet| format!("{octet:02x}"))
        .collect();
    format!("=_{digits}")
}

/// Writes one piece that must not be broken, on the next line where it does not fit.
fn fold(out: &mut String, column: &mut usize, piece: &str) {
    if *column > 1 && *column + 1 + piece.len() > LINE_OCTETS_MAX {
        out.push_str("\r\n");
        *column = 0;
    }
    out.push(' ');
    out.push_str(piece);
    *column += 1 + piece.len();
}

/// Words for people; as encoded words where they are not printable ASCII. Gives the column.
fn words(out: &mut String, mut column: usize, text: &str) -> usize {
    let is_plain = !text.contains("=?")
        && !text.contains("  ")
        && text.trim() == text
        && text.bytes().all(|octet| (b' '..=b'~').contains(&octet));
    if is_plain {
        for word in text.split(' ') {
            fold(out, &mut column, word);
        }
        return column;
    }
    let mut word = String::from(WORD_BEGIN);
    for letter in text.chars() {
        let mut encoded = String::new();
        let mut octets = [0; 4];
        for octet in letter.encode_utf8(&mut octets).bytes() {
            match octet {
                b' ' => encoded.push('_'),
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'!' | b'*' | b'+' | b'-' | b'/' => {
                    encoded.push(char::from(octet));
                }
                _ => {
                    let _ = write!(encoded, "={octet:02X}");
                }
            }
        }
        // The first word shares its line with the header's name.
        let line = if column > 1 { column + 1 } else { 1 };
        let room = WORD_OCTETS_MAX.min(LINE_OCTETS_MAX.saturating_sub(line));
        if word.len() + encoded.len() + WORD_END.len() > room {
            word.push_str(WORD_END);
            fold(out, &mut column, &word);
            out.push_str("\r\n");
            column = 0;
            word = String::from(WORD_BEGIN);
        }
        word.push_str(&encoded);
    }
    word.push_str(WORD_END);
    fold(out, &mut column, &word);
    column
}

/// The lines of the text stay lines; what is too long is broken softly.
fn quoted_printable(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        let octets = line.as_bytes();
        let mut column = 0;
        for (at, octet) in octets.iter().enumerate() {
            let is_last = at + 1 == octets.len();
            // Room for the `=` of a soft break, unless the line ends here.
            let room = LINE_OCTETS_MAX - usize::from(!is_last);
            let rest = &octets[at..];
            let mut width = width(rest, column);
            if column + width > room {
                encoded.push_str("=\r\n");
                column = 0;
                width = self::width(rest, column);
            }
            if width == 1 {
                encoded.push(char::from(*octet));
            } else {
                let _ = write!(encoded, "={octet:02X}");
            }
            column += width;
        }
        encoded.push_str("\r\n");
    }
    encoded
}

/// How many octets the first octet of the rest of a line takes: itself, or `=` and two digits.
fn width(rest: &[u8], column: usize) -> usize {
    let is_plain = match rest {
        [b'=', ..] => false,
        [b' ' | b'\t', after @ ..] => !after.is_empty(),
        // Some programs on the way change what a line begins with.
        [b'.', ..] => column != 0,
        [b'F', b'r', b'o', b'm', b' ', ..] => column != 0,
        [b'!'..=b'~', ..] => true,
        _ => false,
    };
    if is_plain { 1 } else { 3 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader makes of `=41` and the like.
    fn decoded(encoded: &str) -> String {
        let mut octets = Vec::new();
        let mut rest = encoded.bytes();
        while let Some(octet) = rest.next() {
            if octet == b'=' {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                let digits = std::str::from_utf8(&digits).unwrap();
                octets.push(u8::from_str_radix(digits, 16).unwrap());
            } else {
                octets.push(octet);
            }
        }
        String::from_utf8(octets).unwrap()
    }

    #[test]
    fn encoded_lines_fit_and_mean_the_same() {
        let long = "x".repeat(200);
        let at_the_margin = |width: usize| format!("{}\n", "y".repeat(width));
        for text in [
            "plain\n",
            "a = b\n",
            "ends in a space \n\n",
            ".\nFrom here\n",
            &format!("{}.{}F\n", "z".repeat(75), "z".repeat(74)),
            "Zażółć gęślą jaźń, \u{a0}„dobrze” i dużo więcej liter ąęćłńóśźż ąęćłńóśźż\n",
            &format!("{long}\n"),
            &at_the_margin(75),
            &at_the_margin(76),
            &at_the_margin(77),
            &format!("{}ż\n", "y".repeat(71)),
        ] {
            let encoded = quoted_printable(text);
            let joined = encoded.replace("=\r\n", "").replace("\r\n", "\n");
            assert_eq!(decoded(&joined), text);
            assert!(encoded.is_ascii());
            for line in encoded.lines() {
                assert!(line.len() <= LINE_OCTETS_MAX, "{line}");
                assert!(!line.ends_with(' '), "{line}");
                assert!(
                    !line.starts_with('.') && !line.starts_with("From "),
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn words_of_headers_fit_and_mean_the_same() {
        let long = "Serwery poczty pod 22 adresami: prosimy sprawdzić, czy nie są otwartymi \
                    przekaźnikami poczty, i o odpowiedź";
        for (text, is_encoded) in [
            ("Mail server at 192.0.2.25", false),
            (
                "A subject in words of ASCII that goes on for more than one line of a header",
                false,
            ),
            ("Objet\u{a0}: serveur", true),
            ("ends in a space ", true),
            ("=?utf-8?Q?no?=", true),
            ("ż".repeat(60).as_str(), true),
            (long, true),
        ] {
            let header = Headers::default().text("Subject", text).0;
            let value = header.strip_prefix("Subject: ").unwrap();
            let value = value.strip_suffix("\r\n").unwrap();
            for line in header.lines() {
                assert!(line.len() <= LINE_OCTETS_MAX, "{line}");
            }
            let read = if is_encoded {
                let words = value.split("\r\n ").map(|word| {
                    assert!(word.len() <= WORD_OCTETS_MAX, "{word}");
                    let word = word.strip_prefix(WORD_BEGIN).unwrap();
                    decoded(&word.strip_suffix(WORD_END).unwrap().replace('_', " "))
                });
                words.collect()
            } else {
                value.replace("\r\n", "")
            };
            assert_eq!(read, text);
        }
    }

    #[test]
    fn names_stand_before_addresses() {
        for (of, expected) in [
            (None, "From: <a@b.example>\r\n"),
            (
                Some("A. B \"C\""),
                "From: \"A. B \\\"C\\\"\" <a@b.example>\r\n",
            ),
            (
                Some("Zespół, CERT"),
                "From: =?utf-8?Q?Zesp=C3=B3=C5=82=2C_CERT?= <a@b.example>\r\n",
            ),
            (
                Some("The national computer security incident response team of all of us"),
                "From: \"The national computer security incident response team of all of us\"\
                 \r\n <a@b.example>\r\n",
            ),
        ] {
            let header = Headers::default().address("From", of, "a@b.example").0;
            assert_eq!(header, expected);
        }
    }
}
