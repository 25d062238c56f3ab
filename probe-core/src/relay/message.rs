//! The test message (RFC 5322): small, and it says by itself what it is. It is written in parts, so
//! that nobody holds the whole of it.

use ufmt::uWrite;

use super::{
    forms::Hello,
    pairs::PairId,
    writing::{Envelope, Unwritten},
};
use crate::{
    scope::AuthorityKind,
    smtp::{PathText, command::Line, literal},
    tester::Tester,
    time::Utc,
    token::Role,
};

/// How many octets a line of the message's text has at most, without its CRLF. A field of the header
/// may be longer where a name of ours leaves no place to fold it.
pub const TEXT_LINE_OCTETS_MAX: usize = 76;

/// A test message, without its envelope. Everything in it is made of the job and of who we are:
/// a message that is sent again differs in its date alone.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// What it is sent in.
    pub envelope: Envelope<'a>,
    /// Who sends it.
    pub tester: &'a Tester,
    /// The pair that it is sent under.
    pub pair: PairId,
    /// When.
    pub date: Utc,
}

impl Message<'_> {
    /// How many parts it has; the last one ends with the dot.
    pub const PARTS: u8 = 7;

    /// Writes a part, with every dot at the beginning of a line doubled (RFC 5321, 4.5.2), to the
    /// beginning of `out`; how many octets it has. A part fits
    /// [`crate::dialogue::TRANSMIT_OCTETS_MIN`].
    pub fn write(&self, part: u8, out: &mut [u8]) -> Result<usize, Unwritten> {
        let mut text = Text {
            line: Line::new(out),
            column: 0,
            wraps: part > 1,
        };
        match part {
            0 => self.write_who(&mut text)?,
            1 => self.write_what(&mut text)?,
            2 => text.lines(INTRODUCTION)?,
            3 => self.write_server_and_tester(&mut text)?,
            4 => self.write_envelope(&mut text)?,
            5 => self.write_when_and_where(&mut text)?,
            _ => {
                text.write_str(&self.envelope.token(Role::Message, self.pair))?;
                text.end()?;
                text.line.write_str(".\r\n")?;
            }
        }
        Ok(text.line.octets())
    }

    /// Nobody's reply must ever go to the address under test, so that it stands in no field.
    fn write_who(&self, text: &mut Text<'_>) -> Result<(), Unwritten> {
        text.write_str("Date: ")?;
        write_date(self.date, text)?;
        text.lines("\nFrom: Open relay test\n <postmaster@")?;
        text.write_str(self.envelope.identity.sender_domain.as_str())?;
        text.lines(">\nReply-To:\n <")?;
        text.write_str(&self.tester.contact)?;
        text.lines(">\nTo: undisclosed-recipients:;\n")
    }

    fn write_what(&self, text: &mut Text<'_>) -> Result<(), Unwritten> {
        text.write_str("Subject: Open relay test of ")?;
        self.write_target(text)?;
        text.lines("\nMessage-ID: <")?;
        text.write_str(&self.envelope.token(Role::Message, self.pair))?;
        text.write_str("@")?;
        text.write_str(self.envelope.identity.sender_domain.as_str())?;
        text.lines(">\nAuto-Submitted: auto-generated\n\n")
    }

    fn write_server_and_tester(&self, text: &mut Text<'_>) -> Result<(), Unwritten> {
        text.lines("Mail server under test:\n  ")?;
        self.write_target(text)?;
        text.lines("\nTested by:\n  ")?;
        text.write_str(self.envelope.identity.helo.as_str())?;
        text.lines("\n  for ")?;
        text.write_str(self.envelope.identity.sender_domain.as_str())?;
        text.lines("\nBy authority of:\n  ")?;
        text.write_str(match self.tester.authority.kind {
            AuthorityKind::Consent => "consent, ",
            AuthorityKind::Mandate => "mandate, ",
        })?;
        text.write_str(&self.tester.authority.reference)?;
        text.end()
    }

    fn write_envelope(&self, text: &mut Text<'_>) -> Result<(), Unwritten> {
        let pair = self.pair.pair();
        text.write_str("Form F")?;
        write_number(pair.sender.number(), text)?;
        text.write_str("/")?;
        let (letter, number) = pair.recipient.letter_and_number();
        text.write_str(letter)?;
        write_number(number, text)?;
        if pair.hello != Hello::Own {
            text.write_str(" under F12")?;
        }
        text.lines(", as it was sent:\n  MAIL FROM:")?;
        let mut path = PathText::new();
        self.envelope.mail(self.pair, &mut path)?;
        text.write_str(&path)?;
        text.lines("\n  RCPT TO:")?;
        self.envelope.rcpt(self.pair, false, &mut path)?;
        text.write_str(&path)?;
        text.end()
    }

    fn write_when_and_where(&self, text: &mut Text<'_>) -> Result<(), Unwritten> {
        text.lines("When:\n  ")?;
        write_date(self.date, text)?;
        text.lines("\n  (begun in hour ")?;
        write_number(u32::from(self.envelope.hours), text)?;
        text.lines(
            " of what the authority covers)\nTo stop these tests, or to ask about them:\n  ",
        )?;
        text.write_str(&self.tester.contact)?;
        text.lines("\nMore about them:\n  ")?;
        text.write_str(&self.tester.abuse_page)?;
        text.lines("\n\n")
    }

    fn write_target(&self, text: &mut Text<'_>) -> Result<(), Unwritten> {
        literal::write(self.envelope.target.ip(), text)?;
        text.write_str(" port ")?;
        write_number(u32::from(self.envelope.target.port()), text)
    }
}

const INTRODUCTION: &str = "\
This is an automatic test of a mail server. Nothing has to be done about it.

Somebody outside gave it to the server below, for a recipient who is none of
its users. If the server has passed it on, it does so for anybody: it is an
open relay, and senders of spam look for those. Only a message that comes
back can tell. A test sends three at most.

";

/// Lines of a message.
struct Text<'a> {
    line: Line<'a>,
    column: usize,
    /// A line that is too long goes on in the next one.
    wraps: bool,
}

impl Text<'_> {
    /// Writes text of ours with its line ends.
    fn lines(&mut self, text: &str) -> Result<(), Unwritten> {
        for letter in text.chars() {
            if letter == '\n' {
                self.end()?;
            } else {
                self.write_char(letter)?;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Unwritten> {
        self.column = 0;
        Ok(self.line.write_str("\r\n")?)
    }
}

impl uWrite for Text<'_> {
    type Error = Unwritten;

    fn write_str(&mut self, text: &str) -> Result<(), Unwritten> {
        for letter in text.chars() {
            self.write_char(letter)?;
        }
        Ok(())
    }

    /// What is not printable ASCII, a line end too, becomes a question mark: a text of the scope
    /// makes no line of its own.
    fn write_char(&mut self, letter: char) -> Result<(), Unwritten> {
        if self.wraps && self.column >= TEXT_LINE_OCTETS_MAX {
            self.end()?;
        }
        if letter == '.' && self.column == 0 {
            self.line.write_str(".")?;
        }
        let is_printable = letter.is_ascii_graphic() || letter == ' ';
        self.line
            .write_char(if is_printable { letter } else { '?' })?;
        self.column = self.column.saturating_add(1);
        Ok(())
    }
}

/// `Mon, 30 Nov 2026 14:46:22 +0000` (RFC 5322, 3.3).
fn write_date(date: Utc, out: &mut Text<'_>) -> Result<(), Unwritten> {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let days = u32::try_from(date.0 / 86_400).unwrap_or(u32::MAX);
    let second = (date.0 % 86_400) as u32;
    let weekday = WEEKDAYS.get((days % 7) as usize).unwrap_or(&"Thu");
    let (year, month, day) = civil(days);
    out.write_str(weekday)?;
    out.write_str(", ")?;
    write_two_digits(day, out)?;
    out.write_str(" ")?;
    out.write_str(MONTHS.get(month as usize).unwrap_or(&"Jan"))?;
    out.write_str(" ")?;
    write_number(year, out)?;
    for (between, number) in [
        (" ", second / 3_600),
        (":", second / 60 % 60),
        (":", second % 60),
    ] {
        out.write_str(between)?;
        write_two_digits(number, out)?;
    }
    out.write_str(" +0000")
}

/// Year, month from 0 and day from 1 of a day since 1970-01-01. A year begins in March here, so that
/// the day which some have and some have not is its last.
fn civil(days: u32) -> (u32, u32, u32) {
    let days = days.saturating_add(719_468);
    let (era, day) = (days / 146_097, days % 146_097);
    let leap_days = (day / 1_460)
        .saturating_add(day / 146_096)
        .saturating_sub(day / 36_524);
    let year = day.saturating_sub(leap_days) / 365;
    let begins = year
        .saturating_mul(365)
        .saturating_add(year / 4)
        .saturating_sub(year / 100);
    let day = day.saturating_sub(begins);
    let month = day.saturating_mul(5).saturating_add(2) / 153;
    let begins = month.saturating_mul(153).saturating_add(2) / 5;
    let year = era
        .saturating_mul(400)
        .saturating_add(year)
        .saturating_add(u32::from(month > 9));
    let month = month.saturating_add(2) % 12;
    (year, month, day.saturating_sub(begins).saturating_add(1))
}

fn write_two_digits(number: u32, out: &mut Text<'_>) -> Result<(), Unwritten> {
    if number < 10 {
        out.write_str("0")?;
    }
    write_number(number, out)
}

fn write_number(number: u32, out: &mut Text<'_>) -> Result<(), Unwritten> {
    for divisor in [10_000_u32, 1_000, 100, 10, 1] {
        let digits = number.checked_div(divisor).unwrap_or_default();
        if digits > 0 || divisor == 1 {
            out.write_char(char::from(b'0'.saturating_add((digits % 10) as u8)))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dialogue::TRANSMIT_OCTETS_MIN,
        evidence::DELIVERIES_MAX,
        name::{NAME_OCTETS_MAX, Name},
        relay::{
            Setup,
            peer::{setup, tester},
        },
        scope::Depth,
    };

    fn envelope<'a>(setup: &Setup<'a>, host: Option<&'a Name>) -> Envelope<'a> {
        Envelope {
            target: setup.target.endpoint(),
            identity: &setup.tester.identity,
            signer: Some(&setup.tester.signer),
            names: setup.names,
            reverse: setup.reverse,
            host,
            serial: setup.serial,
            hours: setup.hours,
        }
    }

    fn written(message: &Message<'_>) -> String {
        let mut text = Vec::new();
        for part in 0..Message::PARTS {
            let mut lent = [0; TRANSMIT_OCTETS_MIN];
            let octets = message.write(part, &mut lent).unwrap();
            assert!(octets > 0);
            text.extend_from_slice(&lent[..octets]);
        }
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_message_says_what_it_is() {
        let tester = tester();
        let setup = setup(&tester, Depth::Quick);
        let message = Message {
            envelope: envelope(&setup, None),
            tester: &tester,
            pair: PairId::DECIDING,
            date: setup.date,
        };
        let text = written(&message).replace("\r\n", "\n");
        let expected = include_str!("../../tests/golden/test_message.txt");
        assert_eq!(text, expected, "{text}");
        assert!(INTRODUCTION.contains("three") && DELIVERIES_MAX == 3);
    }

    #[test]
    fn the_longest_names_fit_every_part_and_break_no_line() {
        let long = |end: &str| {
            let label = "a".repeat(NAME_OCTETS_MAX - end.len() - 1);
            Name::new(&format!("{label}.{end}")).unwrap()
        };
        let host = long("host.example.org");
        let mut tester = tester();
        tester.identity.helo = long("helo.example.net");
        tester.identity.sender_domain = long("sender.example.net");
        let text =
            |letters: &str, times| crate::scope::Text::try_from(letters.repeat(times).as_str());
        tester.authority.reference = text("\u{e9}x", 32).unwrap();
        tester.contact = text(".", 96).unwrap();
        tester.abuse_page = text("\n", 96).unwrap();
        let setup = Setup {
            target: crate::target::Target::admitted(
                "2001:db8:1234:5678:9abc:def0:1234:5678".parse().unwrap(),
                65_535,
            ),
            ..setup(&tester, Depth::Full)
        };
        for pair in PairId::all() {
            let message = Message {
                envelope: envelope(&setup, Some(&host)),
                tester: &tester,
                pair,
                date: Utc(u64::MAX),
            };
            let path = &mut PathText::new();
            if message.envelope.mail(pair, path).is_err()
                || message.envelope.rcpt(pair, false, path).is_err()
            {
                continue;
            }
            let text = written(&message);
            assert!(text.ends_with("\r\n.\r\n") && text.is_ascii());
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            for line in body.split("\r\n") {
                assert!(line.len() <= TEXT_LINE_OCTETS_MAX + 1, "{line}");
                assert!(!line.contains(['\r', '\n']));
            }
            for line in head.split("\r\n") {
                assert!(line.len() <= 106, "{line}");
                assert!(
                    line.starts_with(' ') || line.contains(": ") || line.ends_with(':'),
                    "{line}"
                );
            }
            // The last line is the end of the message, and no other is.
            let (text, end) = body.rsplit_once("\r\n.").unwrap();
            assert_eq!(end, "\r\n");
            assert!(
                text.split("\r\n")
                    .all(|line| !line.starts_with('.') || line.starts_with(".."))
            );
        }
    }

    #[test]
    fn a_part_that_does_not_fit_is_not_written() {
        let tester = tester();
        let setup = setup(&tester, Depth::Quick);
        let message = Message {
            envelope: envelope(&setup, None),
            tester: &tester,
            pair: PairId::DECIDING,
            date: setup.date,
        };
        for part in 0..Message::PARTS {
            let mut lent = [0; TRANSMIT_OCTETS_MIN];
            let octets = message.write(part, &mut lent).unwrap();
            assert!(message.write(part, &mut lent[..octets - 1]).is_err());
            assert_eq!(message.write(part, &mut lent[..octets]), Ok(octets));
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "Thu, 01 Jan 1970 00:00:00 +0000"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (951_868_800, "Wed, 01 Mar 2000 00:00:00 +0000"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 +0000"),
            (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 +0000"),
            (1_796_049_982, "Mon, 30 Nov 2026 14:46:22 +0000"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 +0000"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 +0000"),
        ] {
            let mut lent = [0; 64];
            let mut text = Text {
                line: Line::new(&mut lent),
                column: 0,
                wraps: false,
            };
            write_date(Utc(seconds), &mut text).unwrap();
            let octets = text.line.octets();
            assert_eq!(std::str::from_utf8(&lent[..octets]), Ok(expected));
        }
    }
}
