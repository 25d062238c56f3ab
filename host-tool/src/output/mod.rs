//! What people and programs read.

pub mod arrival;
pub mod csv_list;
pub mod expected;
pub mod findings;
pub mod intelmq;
pub mod json;
pub mod junit;
pub mod progress;
pub(crate) mod restart;
pub mod show;
pub mod site;
pub mod table;

use anstyle::{AnsiColor, Style};
use jiff::{Timestamp, tz::TimeZone};
use probe_core::{time::Utc, verdict::Kind};

pub use crate::words::{counted, grouped};

/// A moment to the minute, in UTC.
pub fn minute(moment: Timestamp) -> String {
    let zoned = moment.to_zoned(TimeZone::UTC);
    zoned.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// The core's time as the host's.
pub fn timestamp(utc: Utc) -> Timestamp {
    i64::try_from(utc.0)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .unwrap_or(Timestamp::MAX)
}

/// The host's time as the core's.
pub fn utc(moment: Timestamp) -> Utc {
    Utc(u64::try_from(moment.as_second()).unwrap_or(0))
}

/// How a verdict is set on a terminal with colours.
pub const fn style(kind: Kind) -> Style {
    match kind {
        Kind::Confirmed | Kind::Accepted => AnsiColor::Red.on_default().bold(),
        Kind::Suspected => AnsiColor::Yellow.on_default().bold(),
        Kind::Closed => AnsiColor::Green.on_default(),
        Kind::Inconclusive => AnsiColor::Cyan.on_default(),
    }
}

/// Text from a peer, fit for a terminal: every octet that is no printable ASCII is escaped.
pub fn escaped(octets: &[u8]) -> String {
    octets
        .iter()
        .flat_map(|octet| {
            let printable = octet.is_ascii_graphic() || *octet == b' ';
            let escaped = (!printable).then(|| std::ascii::escape_default(*octet).map(char::from));
            printable
                .then_some(char::from(*octet))
                .into_iter()
                .chain(escaped.into_iter().flatten())
        })
        .collect()
}

/// How wide standard output is, where it is a terminal.
pub fn width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// `text` in lines of at most `width` columns, each after the first behind `indent` spaces.
pub fn wrapped(text: &str, indent: usize, width: Option<usize>) -> String {
    let Some(width) = width else {
        return text.to_owned();
    };
    let mut out = String::new();
    let mut column = indent;
    for word in text.split(' ') {
        let letters = word.chars().count();
        if column > indent && column + 1 + letters > width {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if column > indent {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += letters;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_peer_says_cannot_move_the_cursor() {
        assert_eq!(escaped(b"220 a\x1b[2J\xffb"), "220 a\\x1b[2J\\xffb");
    }

    #[test]
    fn long_lines_are_wrapped_behind_their_label() {
        assert_eq!(wrapped("one two three", 4, Some(12)), "one two\n    three");
        assert_eq!(wrapped("one two three", 4, None), "one two three");
    }
}
