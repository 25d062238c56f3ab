//! A list of plain lines: one address each, `#` begins a comment.

use super::{About, Entry, PORT_DEFAULT, address};
use crate::problem::{Gathered, Place, Problem, Problems};

/// Reads all lines, or tells all that is wrong.
pub(super) fn parse(text: &str, place: &Place) -> Result<Vec<Entry>, Problems> {
    let mut gathered = Gathered::default();
    let mut entries = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match entry(line, || place.line(number)) {
            Some(Ok(entry)) => entries.push(entry),
            Some(Err(problem)) => gathered.push(problem),
            None => {}
        }
    }
    gathered.or(entries)
}

/// What a line names, if it names anything.
pub(crate) fn entry(line: &str, place: impl FnOnce() -> Place) -> Option<Result<Entry, Problem>> {
    let wanted = line.split('#').next().unwrap_or_default().trim();
    if wanted.is_empty() {
        return None;
    }
    let place = place();
    Some(match address::parse(wanted) {
        Ok((address, port)) => Ok(Entry {
            place,
            address,
            port: port.unwrap_or(PORT_DEFAULT),
            about: About::default(),
        }),
        Err(wrong) => Err(wrong.at(place)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_empty_lines_are_skipped() {
        let entries = parse(
            "# suspects\n\n192.0.2.1 # the first\r\n[2001:db8::1]:587\n",
            &Place::named("list"),
        )
        .unwrap();
        let found: Vec<(String, Option<u64>)> = entries
            .iter()
            .map(|entry| (entry.endpoint().to_string(), entry.place.line))
            .collect();
        assert_eq!(
            found,
            [
                ("192.0.2.1:25".to_owned(), Some(3)),
                ("[2001:db8::1]:587".to_owned(), Some(4))
            ]
        );
    }

    #[test]
    fn every_wrong_line_is_told() {
        let problems =
            parse("mail.example\n192.0.2.1\n192.0.2\n", &Place::named("list")).unwrap_err();
        let lines: Vec<Option<u64>> = problems.told().iter().map(|p| p.place.line).collect();
        assert_eq!(lines, [Some(1), Some(3)]);
    }
}
