//! Quoted data and the letter as a whole: printable, bounded, and nothing of ours given away.

use super::{Fault, FaultKind};
use crate::letters::form::data;

/// The longest line of a letter, in octets: what a mail may hold (RFC 5322, 2.1.1).
const LINE_OCTETS_MAX: usize = 998;

/// The longest letter, in octets. A longer one is read by nobody; many mail servers refuse it.
const LETTER_OCTETS_MAX: usize = 1024 * 1024;

/// The longest local part of an address, in octets (RFC 5321, 4.5.3.1.1).
const LOCAL_PART_OCTETS_MAX: usize = 64;

/// Reads lines that others have made, before they are escaped: tokens of our own must not be in
/// them.
pub(super) fn quoted(lines: &[String]) -> Vec<Fault> {
    lines
        .iter()
        .flat_map(|line| line.split(|letter: char| !letter.is_ascii_alphanumeric()))
        .filter(|word| data::holds_a_token(word))
        .map(|word| Fault::new(FaultKind::Token, word))
        .collect()
}

/// Reads the letter as it would be sent. What steers text in prose is told where the sentence is
/// read.
pub(super) fn whole(text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if text.len() > LETTER_OCTETS_MAX {
        let near = format!("{} octets, {LETTER_OCTETS_MAX} are allowed", text.len());
        faults.push(Fault::new(FaultKind::TooLong, &near));
    }
    let is_printable = |letter: char| matches!(letter, ' '..='~' | '…');
    for line in text.lines() {
        if line.len() > LINE_OCTETS_MAX {
            faults.push(Fault::new(FaultKind::TooLong, line));
        }
        if line.starts_with('>') && !line.chars().all(is_printable) {
            faults.push(Fault::new(FaultKind::Unprintable, line));
        }
    }
    faults
}

/// Whether mail can be sent to this address: RFC 5321, 4.1.2, in ASCII and without quoting.
pub(super) fn recipient(text: &str) -> Option<Fault> {
    let is_atom = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|octet| {
                octet.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&octet)
            })
    };
    let is_mailbox = text.rsplit_once('@').is_some_and(|(local, domain)| {
        local.len() <= LOCAL_PART_OCTETS_MAX
            && local.split('.').all(is_atom)
            && domain.contains('.')
            && probe_core::name::Name::new(domain).is_ok()
    });
    (!is_mailbox).then(|| Fault::new(FaultKind::Recipient, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_and_words_are_not() {
        for (line, found) in [
            (
                "S: 550 <raaaqaaakaapfcdx7rgmhcel5e4@sink.cert.pl>: denied",
                true,
            ),
            ("S: 550 <r...@sink.cert.pl>: denied", false),
            ("S: 250 representations are taken", false),
        ] {
            assert_eq!(!quoted(&[line.to_owned()]).is_empty(), found, "{line}");
        }
    }

    #[test]
    fn a_letter_is_bounded_and_its_evidence_printable() {
        let kinds = |text: &str| -> Vec<FaultKind> {
            whole(text).into_iter().map(|fault| fault.kind).collect()
        };
        for (stopped, kind, passes) in [
            ("x".repeat(999), FaultKind::TooLong, "x".repeat(998)),
            (
                "x\n".repeat(LETTER_OCTETS_MAX / 2 + 1),
                FaultKind::TooLong,
                "x\n".repeat(LETTER_OCTETS_MAX / 2),
            ),
            (
                "> S: \u{1b}[1m".to_owned(),
                FaultKind::Unprintable,
                "> S: \\u{1b}[1m…".to_owned(),
            ),
        ] {
            assert_eq!(kinds(&stopped), [kind]);
            assert_eq!(kinds(&passes), []);
        }
    }

    #[test]
    fn mail_needs_an_address() {
        for (text, can) in [
            ("abuse@hosting.example", true),
            ("abuse+relay@mx.hosting.example", true),
            ("abuse", false),
            ("abuse@localhost", false),
            ("a b@hosting.example", false),
            ("a@b.example>, <c@d.example", false),
            ("a@b.example\r\nBcc: all", false),
            ("ä@hosting.example", false),
            (".a@hosting.example", false),
        ] {
            assert_eq!(recipient(text).is_none(), can, "{text}");
        }
    }
}
