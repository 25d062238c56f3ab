//! Nonces: what a sink greets with. A proxy that passes it on has connected to the sink: we never
//! send it on that connection, so an echo cannot bring it back.

use hmac::Mac;

#[cfg(doc)]
use super::Token;
use super::{Key, TOKEN_CHARACTERS, TokenText, cut, find::octets_of, keyed, same};
use crate::{smtp::base32, time::Utc};

/// For how many hours a nonce proves something.
pub const NONCE_HOURS_MAX: u64 = 1;

/// How many seconds before our connection a sink may say that it issued one: its clock is another's.
pub const NONCE_SKEW_S_MAX: u64 = 5;

/// What tells a nonce's code from that of a [`Token`].
const LETTER: char = 'g';

/// A nonce: the letter `g` and 26 characters, which are 16 octets: seconds since 1970 when it was
/// issued 5, random 3, code 8 (HMAC-SHA-256 over letter, seconds and random, cut to 64 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// A nonce of this moment; `random` makes it different from any other of the same second.
    pub fn issue(key: &Key, now: Utc, random: [u8; 3]) -> Self {
        let [_, _, _, a, b, c, d, e] = now.0.to_be_bytes();
        let [x, y, z] = random;
        let what = [a, b, c, d, e, x, y, z];
        let [i, j, k, l, m, n, o, p] = code(key, &what);
        Self([a, b, c, d, e, x, y, z, i, j, k, l, m, n, o, p])
    }

    /// The first nonce in `octets` that a sink with this key issued at `since` or later (but for
    /// [`NONCE_SKEW_S_MAX`]), and not more than [`NONCE_HOURS_MAX`] after it.
    pub fn find(key: &Key, octets: &[u8], since: Utc) -> Option<Self> {
        octets
            .windows(TOKEN_CHARACTERS)
            .filter_map(|window| {
                let (letter, rest) = window.split_first()?;
                (char::from(letter.to_ascii_lowercase()) == LETTER)
                    .then(|| octets_of(rest))
                    .flatten()
            })
            .map(Self)
            .find(|nonce| nonce.is_fresh(since) && nonce.is_of(key))
    }

    /// As a sink says it.
    pub fn text(&self) -> TokenText {
        let mut text = TokenText::new();
        // It has room for exactly this.
        let _ = text.push(LETTER);
        let _ = base32::write(&self.0, &mut text);
        text
    }

    /// When it was issued.
    pub const fn issued(&self) -> Utc {
        let [a, b, c, d, e, ..] = self.0;
        Utc(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
    }

    fn is_of(&self, key: &Key) -> bool {
        let [a, b, c, d, e, x, y, z, i, j, k, l, m, n, o, p] = self.0;
        same(
            code(key, &[a, b, c, d, e, x, y, z]),
            [i, j, k, l, m, n, o, p],
        )
    }

    fn is_fresh(&self, since: Utc) -> bool {
        let issued = self.issued();
        issued.0.saturating_add(NONCE_SKEW_S_MAX) >= since.0
            && issued.0.saturating_sub(since.0) <= NONCE_HOURS_MAX.saturating_mul(3_600)
    }
}

fn code(key: &Key, what: &[u8; 8]) -> [u8; 8] {
    let mut mac = keyed(key);
    mac.update(&[LETTER as u8]);
    mac.update(what);
    cut(mac)
}
