//! What stands behind a 2xx to CONNECT: something that a tunnel brings, or a page.

/// What stands behind a 2xx to CONNECT and is not our sink's nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// What a tunnel may bring that does not lead to our sink: a mail server's greeting, or nothing on
    /// a connection that stays open.
    Tunnel,
    /// What neither a mail server nor a proxy begins with.
    Page,
}

/// The first octets behind a head.
#[derive(Debug)]
pub(super) struct Beginning {
    held: [u8; HELD_OCTETS_MAX],
    count: u8,
}

/// So many octets tell.
const HELD_OCTETS_MAX: usize = 4;

/// What a server of SMTP may greet with (RFC 5321, 4.3.2 and 3.8; RFC 7504, 3).
const GREETINGS: [&[u8]; 4] = [b"220", b"421", b"521", b"554"];
/// A second answer of HTTP says nothing of the first: a proxy that has said 2xx too early tells so that
/// it did not get there, and a web server that it waits for another request.
const SECOND_ANSWER: &[u8] = b"HTTP";

impl Beginning {
    pub(super) const fn new() -> Self {
        Self {
            held: [0; HELD_OCTETS_MAX],
            count: 0,
        }
    }

    /// Takes an octet. Empty lines are passed over.
    pub(super) fn push(&mut self, octet: u8) {
        if self.count == 0 && matches!(octet, b'\r' | b'\n') {
            return;
        }
        if let Some(place) = self.held.get_mut(usize::from(self.count)) {
            *place = octet;
            self.count = self.count.saturating_add(1);
        }
    }

    /// What it is the beginning of; `None` as long as it may be several.
    pub(super) fn behind(&self) -> Option<Behind> {
        let held = self.held.get(..usize::from(self.count))?;
        if GREETINGS.iter().any(|code| held.starts_with(code)) {
            return Some(Behind::Tunnel);
        }
        let mut begun = GREETINGS.iter().chain([&SECOND_ANSWER]);
        let may_be_another = begun.any(|whole| whole.starts_with(held));
        (!may_be_another).then_some(Behind::Page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_grant() {
        for (text, expected) in [
            ("", None),
            ("\r\n", None),
            ("2", None),
            ("22", None),
            ("220", Some(Behind::Tunnel)),
            ("220-mail.example.org\r\n", Some(Behind::Tunnel)),
            ("\r\n220 mail.example.org\r\n", Some(Behind::Tunnel)),
            ("421 busy\r\n", Some(Behind::Tunnel)),
            ("521 no mail here\r\n", Some(Behind::Tunnel)),
            ("554 no\r\n", Some(Behind::Tunnel)),
            ("HTT", None),
            ("HTTP/1.1 502 Bad Gateway\r\n", None),
            ("<", Some(Behind::Page)),
            ("\n<!doctype html>", Some(Behind::Page)),
            ("404 Not Found\r\n", Some(Behind::Page)),
            ("25 things", Some(Behind::Page)),
            ("HTML", Some(Behind::Page)),
            ("SSH-2.0-x\r\n", Some(Behind::Page)),
            ("{\"ok\":true}", Some(Behind::Page)),
        ] {
            let mut beginning = Beginning::new();
            for octet in text.bytes() {
                beginning.push(octet);
            }
            assert_eq!(beginning.behind(), expected, "{text:?}");
        }
    }
}
