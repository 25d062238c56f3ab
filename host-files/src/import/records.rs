//! CSV records (RFC 4180) out of lines, each bounded.

use std::io::BufRead;

use super::{RECORD_OCTETS_MAX, text::Lines};
use crate::problem::{Gathered, Place, Problem};

/// The records of a text. A record whose quoted fields hold line ends takes several lines.
pub(super) struct Records<R> {
    lines: Lines<R>,
    /// Lines that begin so are no records.
    comment: Option<char>,
    is_broken: bool,
}

impl<R: BufRead> Records<R> {
    pub(super) const fn new(lines: Lines<R>, comment: Option<char>) -> Self {
        Self {
            lines,
            comment,
            is_broken: false,
        }
    }

    pub(super) const fn place(&self) -> &Place {
        self.lines.place()
    }

    pub(super) const fn octets(&self) -> u64 {
        self.lines.octets()
    }

    /// The next record and the line on which it begins.
    pub(super) fn next(&mut self, gathered: &mut Gathered) -> Option<(u64, csv::StringRecord)> {
        if self.is_broken {
            return None;
        }
        let comment = self.comment;
        let (begin, mut text) = loop {
            let (number, line) = self.lines.next(gathered)?;
            let is_comment = comment.is_some_and(|comment| line.starts_with(comment));
            if !is_comment && !line.trim().is_empty() {
                break (number, line.to_owned());
            }
        };
        // An escaped quote is two of them, so quotes are even where a record ends.
        let is_open = |text: &str| text.matches('"').count() % 2 == 1;
        let mut open = is_open(&text);
        while open {
            let more = self.lines.next(gathered);
            match more {
                Some((_, line)) if text.len() + line.len() < RECORD_OCTETS_MAX => {
                    open = !is_open(line);
                    text.push('\n');
                    text.push_str(line);
                }
                Some(_) | None => {
                    // Where the record should have ended, nobody knows.
                    self.is_broken = true;
                    gathered.push(Problem::new(
                        self.place().line(begin),
                        "a quoted field that does not end",
                        format!(
                            "a closing quote, and records of at most {RECORD_OCTETS_MAX} octets"
                        ),
                    ));
                    return None;
                }
            }
        }
        Some((begin, record(&text)))
    }
}

/// The fields of a text that is one record.
fn record(text: &str) -> csv::StringRecord {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .buffer_capacity(text.len().max(1))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    // What is text and stands in memory can be read; a record that is none has no fields.
    match reader.read_record(&mut record) {
        Ok(true) => record,
        Ok(false) | Err(_) => csv::StringRecord::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> (Vec<(u64, Vec<String>)>, Gathered) {
        let lines = Lines::new(text.as_bytes(), Place::named("list"));
        let mut records = Records::new(lines, Some('#'));
        let mut gathered = Gathered::default();
        let mut all = Vec::new();
        while let Some((line, record)) = records.next(&mut gathered) {
            all.push((line, record.iter().map(str::to_owned).collect()));
        }
        (all, gathered)
    }

    #[test]
    fn records_begin_where_they_begin() {
        let (all, gathered) = records("# x\na,b\n\n\"c\nd\",\"e\"\"\"\r\nf\n");
        let expected: [(u64, Vec<String>); 3] = [
            (2, vec!["a".into(), "b".into()]),
            (4, vec!["c\nd".into(), "e\"".into()]),
            (6, vec!["f".into()]),
        ];
        assert_eq!(all, expected);
        assert!(gathered.is_empty());
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told_once() {
        let (all, gathered) = records("a\n\"b\nc\nd\n");
        assert_eq!(all.len(), 1);
        let problems = gathered.or(()).unwrap_err();
        assert_eq!(problems.told().len(), 1);
        assert_eq!(problems.told()[0].place.line, Some(2));
    }
}
