//! Lines of a text of any length, each bounded.

use std::io::{self, BufRead, Read as _};

use super::{RECORD_OCTETS_MAX, unreadable};
use crate::problem::{Gathered, Place, Problem};

/// The lines of a text, read one after the other.
pub(super) struct Lines<R> {
    input: R,
    place: Place,
    line: Vec<u8>,
    number: u64,
    octets: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(input: R, place: Place) -> Self {
        Self {
            input,
            place,
            line: Vec::new(),
            number: 0,
            octets: 0,
        }
    }

    /// Which file it is.
    pub(super) const fn place(&self) -> &Place {
        &self.place
    }

    /// How many octets were read.
    pub(super) const fn octets(&self) -> u64 {
        self.octets
    }

    /// The first octet that is no white space, without taking it; `None` at the end. An error comes
    /// again when the line is read.
    pub(super) fn peek(&mut self) -> Option<u8> {
        const BOM: &[u8] = b"\xef\xbb\xbf";
        let ahead = self.input.fill_buf().ok()?;
        let ahead = ahead.strip_prefix(BOM).unwrap_or(ahead);
        ahead
            .iter()
            .copied()
            .find(|octet| !octet.is_ascii_whitespace())
    }

    /// The next line without its end, and its number. A line that is too long or no text is told,
    /// and the line after it comes; what cannot be read ends the text.
    pub(super) fn next(&mut self, gathered: &mut Gathered) -> Option<(u64, &str)> {
        loop {
            match self.read() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    gathered.push(unreadable(&self.place, &error));
                    return None;
                }
            }
            let place = || self.place.line(self.number);
            if self.line.len() > RECORD_OCTETS_MAX {
                gathered.push(Problem::new(
                    place(),
                    "the line is too long",
                    format!("at most {RECORD_OCTETS_MAX} octets"),
                ));
                continue;
            }
            if std::str::from_utf8(&self.line).is_err() {
                gathered.push(
                    Problem::new(place(), "an octet that is no UTF-8", "UTF-8 text")
                        .next("convert the file, for instance with `iconv -t UTF-8`"),
                );
                continue;
            }
            break;
        }
        let text = std::str::from_utf8(&self.line).unwrap_or_default();
        Some((self.number, text))
    }

    /// Reads a line into `self.line`, of one that is too long no more than shows it.
    fn read(&mut self) -> io::Result<bool> {
        self.line.clear();
        let limit = RECORD_OCTETS_MAX as u64 + 2;
        let length = (&mut self.input)
            .take(limit)
            .read_until(b'\n', &mut self.line)?;
        self.octets += length as u64;
        self.number += 1;
        if length == 0 {
            return Ok(false);
        }
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
            if self.line.last() == Some(&b'\r') {
                self.line.pop();
            }
        } else if length as u64 == limit {
            self.skip_line()?;
        }
        if self.number == 1 && self.line.starts_with(b"\xef\xbb\xbf") {
            self.line.drain(..3);
        }
        Ok(true)
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let ahead = self.input.fill_buf()?;
            let (length, is_end) = match ahead.iter().position(|octet| *octet == b'\n') {
                Some(at) => (at + 1, true),
                None => (ahead.len(), ahead.is_empty()),
            };
            self.input.consume(length);
            self.octets += length as u64;
            if is_end {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_numbers_and_bad_ones_are_told() {
        let long = "x".repeat(RECORD_OCTETS_MAX + 10);
        let mut octets = format!("\u{feff}a\r\n{long}\nb\n").into_bytes();
        octets.extend(b"\xff\n");
        octets.extend("last".bytes());
        let mut lines = Lines::new(octets.as_slice(), Place::named("list"));
        let mut gathered = Gathered::default();
        let mut seen = Vec::new();
        while let Some((number, line)) = lines.next(&mut gathered) {
            seen.push((number, line.to_owned()));
        }
        assert_eq!(
            seen,
            [
                (1, "a".to_owned()),
                (3, "b".to_owned()),
                (5, "last".to_owned())
            ]
        );
        assert_eq!(lines.octets(), octets.len() as u64);
        let problems = gathered.or(()).unwrap_err();
        let told: Vec<_> = problems
            .told()
            .iter()
            .map(|it| (it.place.line, it.found.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (Some(2), "the line is too long"),
                (Some(4), "an octet that is no UTF-8")
            ]
        );
    }
}
