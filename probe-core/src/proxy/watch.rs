//! Looks for the sink's nonce in what comes, however it is cut and whatever stands around it.

use crate::{
    time::Utc,
    token::{Key, Nonce, TOKEN_CHARACTERS},
};

/// The last octets that could belong to a nonce.
#[derive(Debug)]
pub(super) struct Watch {
    held: [u8; TOKEN_CHARACTERS],
    count: u8,
}

impl Watch {
    pub(super) const fn new() -> Self {
        Self {
            held: [0; TOKEN_CHARACTERS],
            count: 0,
        }
    }

    /// Takes one octet; whether a nonce ends with it that a sink with `key` issued at `since` or
    /// later.
    pub(super) fn ends_nonce(&mut self, octet: u8, key: Option<&Key>, since: Utc) -> bool {
        if !octet.is_ascii_alphanumeric() {
            self.count = 0;
            return false;
        }
        if usize::from(self.count) == TOKEN_CHARACTERS {
            self.held.rotate_left(1);
            self.count = self.count.saturating_sub(1);
        }
        if let Some(place) = self.held.get_mut(usize::from(self.count)) {
            *place = octet;
            self.count = self.count.saturating_add(1);
        }
        usize::from(self.count) == TOKEN_CHARACTERS
            && key.is_some_and(|key| Nonce::find(key, &self.held, since).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key::new([7; 16]);

    fn finds(text: &str, since: u64) -> bool {
        let mut watch = Watch::new();
        text.bytes()
            .any(|octet| watch.ends_nonce(octet, Some(&KEY), Utc(since)))
    }

    #[test]
    fn a_nonce_is_found_wherever_it_stands() {
        let nonce = Nonce::issue(&KEY, Utc(10_000), [1, 2, 3]).text();
        let other = Nonce::issue(&Key::new([8; 16]), Utc(10_000), [1, 2, 3]).text();
        for (text, expected) in [
            (format!("{nonce}"), true),
            (format!("220 sink.example ESMTP {nonce}\r\n"), true),
            (nonce.to_uppercase(), true),
            (format!("xgag{nonce}gagx"), true),
            (format!("<pre>{nonce}</pre>"), true),
            (format!("{other} {nonce}"), true),
            (format!("{other}{nonce}"), true),
            (nonce[..26].to_string(), false),
            (format!("{}-{}", &nonce[..13], &nonce[13..]), false),
            (other.to_string(), false),
        ] {
            assert_eq!(finds(&text, 10_000), expected, "{text}");
        }
        assert!(!finds(&nonce, 11_000), "an old one");
        let mut watch = Watch::new();
        assert!(
            !nonce
                .bytes()
                .any(|octet| watch.ends_nonce(octet, None, Utc(0)))
        );
    }
}
