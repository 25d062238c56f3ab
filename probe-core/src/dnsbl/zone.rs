//! A block list, and what its answers mean.

use core::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use crate::name::Name;

/// How many zones a scope may name.
pub const ZONES_MAX: usize = 8;
/// How many codes of a zone may be an occasion.
pub const OCCASIONS_MAX: usize = 16;
/// How many codes of a zone may be errors, beside those that are errors everywhere.
pub const ERRORS_MAX: usize = 8;

/// A block list that may be asked. Its codes are the last octets of answers in 127.0.0.0/24.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Where it is asked: the name behind the reversed address.
    pub name: Name,
    /// Whether it lists IPv6 addresses.
    pub ipv6: bool,
    /// The codes that mean an open relay or an open proxy.
    pub occasion: heapless::Vec<u8, OCCASIONS_MAX, u8>,
    /// The codes that say that it does not answer us.
    pub errors: heapless::Vec<u8, ERRORS_MAX, u8>,
    /// Whether its reason is asked for, a TXT record, where it lists an address.
    pub txt: bool,
}

/// What an A record of a zone means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Listed as an open relay or an open proxy.
    Occasion,
    /// Listed as something else: a source of spam, a dial-up line, TOR.
    Context,
    /// The list says that it does not answer us: too many queries, the wrong resolver.
    Error,
    /// No answer of a list: somebody on the way rewrites answers, or the domain has been sold.
    Rewritten,
}

impl Zone {
    /// What this answer means. Where a code is named twice, the error counts.
    ///
    /// Everything in 127.255.255.0/24 is an error at every list, and so is 127.0.0.1 wherever it is
    /// not named as an occasion: some lists say "blocked" with it, a few really list by it.
    pub fn meaning(&self, answer: Ipv4Addr) -> Meaning {
        match answer.octets() {
            [127, 255, 255, _] => Meaning::Error,
            [127, 0, 0, code] if self.errors.contains(&code) => Meaning::Error,
            [127, 0, 0, code] if self.occasion.contains(&code) => Meaning::Occasion,
            [127, 0, 0, 1] => Meaning::Error,
            [127, ..] => Meaning::Context,
            _ => Meaning::Rewritten,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_answers_mean() {
        let zone = |occasion: &[u8], errors: &[u8]| Zone {
            name: Name::new("dnsbl.example").unwrap(),
            ipv6: false,
            occasion: occasion.iter().copied().collect(),
            errors: errors.iter().copied().collect(),
            txt: false,
        };
        let usual = zone(&[8, 9], &[255]);
        let by_one = zone(&[1], &[]);
        let twice = zone(&[1, 2], &[1, 2]);
        for (zone, answer, meaning) in [
            (&usual, "127.0.0.8", Meaning::Occasion),
            (&usual, "127.0.0.9", Meaning::Occasion),
            (&usual, "127.0.0.2", Meaning::Context),
            (&usual, "127.0.0.0", Meaning::Context),
            // A code has three octets before it.
            (&usual, "127.0.1.8", Meaning::Context),
            (&usual, "127.8.0.8", Meaning::Context),
            (&usual, "127.0.0.255", Meaning::Error),
            (&usual, "127.0.0.1", Meaning::Error),
            (&usual, "127.255.255.252", Meaning::Error),
            (&usual, "127.255.255.8", Meaning::Error),
            (&usual, "127.255.254.255", Meaning::Context),
            (&usual, "128.0.0.8", Meaning::Rewritten),
            (&usual, "126.0.0.8", Meaning::Rewritten),
            (&usual, "192.0.2.1", Meaning::Rewritten),
            (&usual, "0.0.0.0", Meaning::Rewritten),
            (&by_one, "127.0.0.1", Meaning::Occasion),
            (&by_one, "127.0.0.255", Meaning::Context),
            (&twice, "127.0.0.1", Meaning::Error),
            (&twice, "127.0.0.2", Meaning::Error),
        ] {
            assert_eq!(
                zone.meaning(answer.parse().unwrap()),
                meaning,
                "{answer} of {:?}",
                zone.occasion
            );
        }
    }
}
