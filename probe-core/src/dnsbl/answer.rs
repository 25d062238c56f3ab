//! What one answer of a zone says.

use core::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::zone::{Meaning, Zone};
use crate::dns::{Data, Outcome, Report};

/// How many codes of an answer are kept; see [`Codes::more`].
pub const CODES_MAX: usize = 4;

/// What a zone says of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Listed, with these codes.
    Listed(Codes),
    /// Not listed.
    NotListed,
    /// Nothing that can be believed.
    Unknown(Unknown),
}

/// The codes of a listing: whole addresses, in the order in which they came, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes {
    all: heapless::Vec<Ipv4Addr, CODES_MAX, u8>,
    /// A bit for each that is an occasion, the lowest for the first.
    occasions: u8,
    more: bool,
}

impl Codes {
    /// All that are kept: of more than [`CODES_MAX`] those that are an occasion before others.
    pub fn all(&self) -> &[Ipv4Addr] {
        &self.all
    }

    /// Those that mean an open relay or an open proxy.
    pub fn occasions(&self) -> impl Iterator<Item = Ipv4Addr> + '_ {
        let mut bits = self.occasions;
        self.all.iter().copied().filter(move |_| {
            let is_occasion = bits & 1 != 0;
            bits >>= 1;
            is_occasion
        })
    }

    /// Whether there were more of them than [`CODES_MAX`].
    pub const fn more(&self) -> bool {
        self.more
    }

    fn push(&mut self, code: Ipv4Addr, is_occasion: bool) {
        if self.all.contains(&code) {
            return;
        }
        let mut bit = 1_u8 << (self.all.len() & 7);
        if self.all.push(code).is_err() {
            self.more = true;
            // An occasion takes the place of the last that is none.
            let mut kept = self.all.iter_mut();
            while is_occasion && let Some(place) = kept.next_back() {
                bit >>= 1;
                if self.occasions & bit == 0 {
                    *place = code;
                    self.occasions |= bit;
                    break;
                }
            }
        } else if is_occasion {
            self.occasions |= bit;
        }
    }
}

/// What was asked of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Asked {
    /// About the test address that every list must have (RFC 5782, 5).
    MustBeListed,
    /// About the test address that no list may have.
    MustNotBeListed,
    /// About the target's address.
    Address,
    /// Why it lists that.
    Text,
}

impl Asked {
    /// The word in transcripts and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MustBeListed => "must-be-listed",
            Self::MustNotBeListed => "must-not-be-listed",
            Self::Address => "address",
            Self::Text => "text",
        }
    }
}

/// Why nothing that a zone says can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Why {
    /// It does not list the address that every list must have: it is empty or gone.
    TestNotListed,
    /// It lists the address that no list may have: it answers for everything.
    ListsEverything,
    /// An answer outside 127.0.0.0/8: somebody rewrites answers, or the domain has been sold.
    Rewritten,
    /// It says that it does not answer us.
    ErrorCode,
    /// More records than can be looked at: one of them may be an error.
    TooLong,
    /// The name is there, and no address: neither listed nor not.
    NoData,
    /// The resolver could not find out.
    ServerFailure,
    /// The resolver refused.
    Refused,
    /// The resolver resolves nothing for us.
    Referral,
    /// The resolver's answer cannot be read.
    Malformed,
    /// No answer came.
    NoAnswer,
    /// This device had no socket, or there is no way to the resolver.
    CouldNotAsk,
}

impl Why {
    /// The word in transcripts and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TestNotListed => "test-not-listed",
            Self::ListsEverything => "lists-everything",
            Self::Rewritten => "rewritten",
            Self::ErrorCode => "error-code",
            Self::TooLong => "too-long",
            Self::NoData => "no-data",
            Self::ServerFailure => "server-failure",
            Self::Refused => "refused",
            Self::Referral => "referral",
            Self::Malformed => "malformed",
            Self::NoAnswer => "no-answer",
            Self::CouldNotAsk => "could-not-ask",
        }
    }

    /// Whether it says something about the zone, which will be so for a while, and not about one
    /// lookup.
    pub const fn is_lasting(self) -> bool {
        matches!(
            self,
            Self::TestNotListed | Self::ListsEverything | Self::Rewritten | Self::ErrorCode
        )
    }
}

/// A zone that cannot be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Unknown {
    /// Where that showed.
    pub asked: Asked,
    /// Why.
    pub why: Why,
    /// The answer that shows it, where one does.
    pub answer: Option<Ipv4Addr>,
}

impl Answer {
    /// What `report`, of a lookup of A records, says in this zone. One record that is an error or
    /// that was rewritten spoils all of them.
    pub fn read(zone: &Zone, report: &Report) -> Self {
        let why = match report.outcome {
            Outcome::Answers if report.answers.is_cut() => Why::TooLong,
            Outcome::Answers => return Self::of_records(zone, report),
            Outcome::NoSuchName => return Self::NotListed,
            Outcome::NoData => Why::NoData,
            Outcome::Referral => Why::Referral,
            Outcome::Refused => Why::Refused,
            Outcome::Failed(_) => Why::ServerFailure,
            Outcome::Malformed(_) => Why::Malformed,
            Outcome::NoAnswer => Why::NoAnswer,
            Outcome::NotAsked(_) => Why::CouldNotAsk,
        };
        Self::unknown(why, None)
    }

    fn of_records(zone: &Zone, report: &Report) -> Self {
        let mut codes = Codes::default();
        for data in report.answers.iter() {
            let Data::A(address) = data else { continue };
            let is_occasion = match zone.meaning(address) {
                Meaning::Occasion => true,
                Meaning::Context => false,
                Meaning::Error => return Self::unknown(Why::ErrorCode, Some(address)),
                Meaning::Rewritten => return Self::unknown(Why::Rewritten, Some(address)),
            };
            codes.push(address, is_occasion);
        }
        Self::Listed(codes)
    }

    const fn unknown(why: Why, answer: Option<Ipv4Addr>) -> Self {
        let asked = Asked::Address;
        Self::Unknown(Unknown { asked, why, answer })
    }

    /// What the answer about a test address says of the zone, where it was `asked` about one;
    /// `Ok`: what it must say.
    ///
    /// Some lists have their test address under 127.0.0.1, which is "blocked" elsewhere. Whoever is
    /// blocked gets it for the address that must not be listed as well.
    pub(super) fn as_health(&self, asked: Asked) -> Result<(), Unknown> {
        let (why, answer) = match (self, asked) {
            (Self::Unknown(unknown), Asked::MustBeListed)
                if unknown.answer == Some(Ipv4Addr::LOCALHOST) =>
            {
                return Ok(());
            }
            (Self::Unknown(unknown), _) => (unknown.why, unknown.answer),
            (Self::NotListed, Asked::MustBeListed) => (Why::TestNotListed, None),
            (Self::Listed(codes), Asked::MustNotBeListed) => {
                (Why::ListsEverything, codes.all.first().copied())
            }
            (Self::Listed(_) | Self::NotListed, _) => return Ok(()),
        };
        Err(Unknown { asked, why, answer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dialogue::OpenFailure,
        dns::{Malformed, ResponseCode},
        dnsbl::fixture,
    };

    /// The answer in a line.
    fn line(answer: &Answer) -> String {
        match answer {
            Answer::Listed(codes) => format!(
                "listed {:?} of {:?}{}",
                codes.occasions().collect::<Vec<_>>(),
                codes.all(),
                if codes.more() { " and more" } else { "" }
            ),
            Answer::NotListed => "not-listed".into(),
            Answer::Unknown(unknown) => {
                assert_eq!(unknown.asked, Asked::Address);
                let answer = unknown.answer.map(|answer| format!(" {answer}"));
                format!("{}{}", unknown.why.as_str(), answer.unwrap_or_default())
            }
        }
    }

    #[test]
    fn answers_with_records() {
        // Codes 8 and 9 are an occasion, 255 is an error.
        let zone = fixture::zone("dnsbl.example");
        for (records, expected) in [
            ("127.0.0.9", "listed [127.0.0.9] of [127.0.0.9]"),
            ("127.0.0.3", "listed [] of [127.0.0.3]"),
            ("127.0.1.9", "listed [] of [127.0.1.9]"),
            // Each once.
            (
                "127.0.0.3 127.0.0.9 127.0.0.3 127.0.0.8",
                "listed [127.0.0.9, 127.0.0.8] of [127.0.0.3, 127.0.0.9, 127.0.0.8]",
            ),
            // What is an occasion is not lost among many others.
            (
                "127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.9",
                "listed [127.0.0.9] of [127.0.0.2, 127.0.0.3, 127.0.0.4, 127.0.0.9] and more",
            ),
            (
                "127.0.0.8 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.9 127.0.0.6",
                "listed [127.0.0.8, 127.0.0.9] of [127.0.0.8, 127.0.0.3, 127.0.0.4, 127.0.0.9] and more",
            ),
            (
                "127.0.0.9 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6 127.0.0.7",
                "listed [127.0.0.9] of [127.0.0.9, 127.0.0.3, 127.0.0.4, 127.0.0.5] and more",
            ),
            // One record that cannot be believed spoils all.
            ("127.0.0.9 127.255.255.254", "error-code 127.255.255.254"),
            ("127.0.0.255 127.0.0.9", "error-code 127.0.0.255"),
            ("127.0.0.1", "error-code 127.0.0.1"),
            ("127.0.0.9 192.0.2.80", "rewritten 192.0.2.80"),
            ("192.0.2.80", "rewritten 192.0.2.80"),
        ] {
            let report = fixture::report(Outcome::Answers, records);
            assert_eq!(line(&Answer::read(&zone, &report)), expected, "{records}");
        }
    }

    #[test]
    fn five_occasions_are_more_than_are_kept() {
        let mut zone = fixture::zone("dnsbl.example");
        zone.occasion = (2..=9).collect();
        let records = "127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6";
        let report = fixture::report(Outcome::Answers, records);
        let kept = "[127.0.0.2, 127.0.0.3, 127.0.0.4, 127.0.0.5]";
        assert_eq!(
            line(&Answer::read(&zone, &report)),
            format!("listed {kept} of {kept} and more")
        );
    }

    #[test]
    fn an_answer_that_cannot_be_looked_at_whole_is_not_believed() {
        let zone = fixture::zone("dnsbl.example");
        let records: Vec<_> = (0..60).map(|host| format!("127.0.2.{host}")).collect();
        let report = fixture::report(Outcome::Answers, &records.join(" "));
        assert!(report.answers.is_cut());
        assert_eq!(line(&Answer::read(&zone, &report)), "too-long");
    }

    #[test]
    fn answers_without_records() {
        let zone = fixture::zone("dnsbl.example");
        for (outcome, expected) in [
            (Outcome::NoSuchName, "not-listed"),
            (Outcome::NoData, "no-data"),
            (Outcome::Referral, "referral"),
            (Outcome::Refused, "refused"),
            (
                Outcome::Failed(ResponseCode::ServerFailure),
                "server-failure",
            ),
            (Outcome::Failed(ResponseCode::Other(9)), "server-failure"),
            (Outcome::Malformed(Malformed::Pointer), "malformed"),
            (Outcome::NoAnswer, "no-answer"),
            (Outcome::NotAsked(OpenFailure::NoSlot), "could-not-ask"),
        ] {
            let report = fixture::report(outcome, "");
            assert_eq!(line(&Answer::read(&zone, &report)), expected);
        }
    }

    #[test]
    fn what_test_addresses_show() {
        let zone = fixture::zone("dnsbl.example");
        let (yes, no) = (Asked::MustBeListed, Asked::MustNotBeListed);
        for (asked, records, expected) in [
            (yes, "127.0.0.2", Ok(())),
            (yes, "127.0.0.2 127.0.0.4 127.0.0.10", Ok(())),
            (yes, "", Err((Why::TestNotListed, None))),
            (
                yes,
                "127.255.255.254",
                Err((Why::ErrorCode, Some("127.255.255.254"))),
            ),
            (yes, "127.0.0.1", Ok(())),
            (no, "127.0.0.1", Err((Why::ErrorCode, Some("127.0.0.1")))),
            (yes, "192.0.2.1", Err((Why::Rewritten, Some("192.0.2.1")))),
            (no, "", Ok(())),
            (
                no,
                "127.0.0.2",
                Err((Why::ListsEverything, Some("127.0.0.2"))),
            ),
            (no, "192.0.2.1", Err((Why::Rewritten, Some("192.0.2.1")))),
        ] {
            let outcome = if records.is_empty() {
                Outcome::NoSuchName
            } else {
                Outcome::Answers
            };
            let answer = Answer::read(&zone, &fixture::report(outcome, records));
            let expected = expected.map_err(|(why, answer)| Unknown {
                asked,
                why,
                answer: answer.map(|answer| answer.parse().unwrap()),
            });
            assert_eq!(answer.as_health(asked), expected, "{asked:?} {records}");
        }
    }
}
