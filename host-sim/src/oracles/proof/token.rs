//! Tokens, read by hand: what they look like, and what stands in them. Their codes are for whoever has
//! a key.

/// How long the text of a token is.
const CHARACTERS: usize = 27;
/// The digits of base32 (RFC 4648, 6), in lower case.
const DIGITS: &str = "abcdefghijklmnopqrstuvwxyz234567";

/// A word that may be a token, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word(pub(super) String);

impl Word {
    /// Every word of a token's length in `text`.
    pub(super) fn all_in(text: &str) -> impl Iterator<Item = Self> {
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        let words = words.map(str::to_ascii_lowercase);
        let is_token = |word: &String| {
            let (role, digits) = word.split_at_checked(1).unwrap_or_default();
            word.len() == CHARACTERS
                && "srmp".contains(role)
                && digits.chars().all(|digit| DIGITS.contains(digit))
        };
        words.filter(is_token).map(Self)
    }

    /// The first of them.
    pub(super) fn in_text(text: &str) -> Option<Self> {
        Self::all_in(text).next()
    }

    /// The sixth of its octets: the number of its form pair, or what a proxy was asked with.
    pub(super) fn pair(&self) -> usize {
        // Digits of five bits each: eight of them are five octets, and the next two have the sixth.
        let digits = self.0.chars().skip(9).take(2);
        let value = |digit| DIGITS.find(digit).unwrap_or_default();
        digits.fold(0, |bits, digit| bits << 5 | value(digit)) >> 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_in_what_servers_make_of_addresses() {
        // Serial 3 is `aaaaaaad`, and pair 4 is `aq` with the first bits of what follows.
        let token = "raaaaaaadaqaaaaaaaaaaaaaaaa";
        for text in [
            "raaaaaaadaqaaaaaaaaaaaaaaaa@sink.example",
            "prvs=0123abcdef=raaaaaaadaqaaaaaaaaaaaaaaaa@sink.example",
            "list-return-7-RAAAAAAADAQAAAAAAAAAAAAAAAA+again@sink.example",
            "raaaaaaadaqaaaaaaaaaaaaaaaa%sink.example@[192.0.2.1]",
        ] {
            let word = Word::in_text(text).unwrap();
            assert_eq!((word.0.as_str(), word.pair()), (token, 4), "{text}");
        }
        for text in [
            "postmaster",
            "raaaaaaadaqaaaaaaaaaaaaaaa@sink.example",
            "x0aaaaaadaqaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(Word::in_text(text), None, "{text}");
        }
    }
}
