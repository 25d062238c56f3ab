//! What a sink on this device asks and tells.

use super::{Prober, count};
use crate::{
    dialogue::{Answer, Question},
    scope::Scope,
    sink::{Found, Setup, token_of},
    time::{Instant, Millis, Utc},
    token::{Nonce, Signer, Token},
};

/// How many arrivals that prove nothing new are recorded at once: whoever knows a token, or guesses
/// what one looks like, is not to fill the outbox.
pub const UNASKED_ARRIVALS_BURST_MAX: u8 = 64;
/// How long it takes until one more is, in milliseconds. Whoever comes too often is put off.
pub const UNASKED_ARRIVALS_EVERY_MS: u64 = 5_000;

/// Arrivals that may come unasked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    left: u8,
    counted: Instant,
}

impl Allowance {
    pub(super) const FULL: Self = Self {
        left: UNASKED_ARRIVALS_BURST_MAX,
        counted: Instant::BOOT,
    };

    /// Takes one; false where none is left.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        while self.left < UNASKED_ARRIVALS_BURST_MAX
            && now.since(self.counted) >= Millis(UNASKED_ARRIVALS_EVERY_MS)
        {
            self.left = self.left.saturating_add(1);
            self.counted = self.counted + Millis(UNASKED_ARRIVALS_EVERY_MS);
        }
        if self.left == UNASKED_ARRIVALS_BURST_MAX {
            self.counted = now;
        }
        let is_left = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_left
    }
}

impl Prober {
    /// The ports on which this device is the sink. It is while a scope with such ports was taken and a
    /// host has given the key, also when the scan is over and the scope's time is: mail servers are
    /// slow.
    pub fn sink_ports(&self) -> &[u16] {
        match (&self.scope, self.key) {
            (Some(in_force), Some(_)) => &in_force.scope.sink_ports,
            _ => &[],
        }
    }

    /// What the sink on `port` is told before somebody connects; `random` makes its nonce. `None` where
    /// this device is no sink on that port.
    pub fn sink_setup(&self, now: Instant, port: u16, random: [u8; 3]) -> Option<Setup> {
        let (in_force, (key, _)) = (self.scope.as_ref()?, self.key.as_ref()?);
        let Scope {
            identity,
            sink_ports,
            ..
        } = &in_force.scope;
        let place = sink_ports.iter().position(|of| *of == port)?;
        // Before there is an anchor a nonce is of no use to anybody.
        let utc = self.anchor.map_or(Utc(0), |anchor| anchor.utc(now));
        Some(Setup {
            domain: identity.sink_domain.clone(),
            sender_domain: identity.sender_domain.clone(),
            address: identity.sink_address,
            nonce: Nonce::issue(key, utc, random),
            speaks_http: place > 0,
        })
    }

    /// Somebody has connected to the sink.
    pub fn sink_opened(&mut self) {
        count(&mut self.sink.sessions);
    }

    /// That connection is over, and so many recipients were refused in it.
    pub fn sink_closed(&mut self, refused: u32) {
        self.sink.refused = self.sink.refused.saturating_add(refused);
    }

    /// Somebody has called a port of the sink, and nobody listened there.
    pub fn sink_dropped(&mut self) {
        count(&mut self.sink.dropped);
    }

    /// The answer to what a sink's dialogue asks. Something has changed then.
    pub fn asked(&mut self, now: Instant, question: &Question<'_>) -> Answer {
        let Some((key, _)) = &self.key else {
            return Answer::No;
        };
        let signer = Signer::new(key, self.device);
        match question {
            Question::Recipient(recipient) => {
                let is_right = |token: &Token| {
                    let target = self.target_of(token.serial())?;
                    Some(signer.verify(token, target))
                };
                match token_of(recipient, is_right) {
                    Found::Token(token) => Answer::Token(token),
                    Found::Forged => {
                        count(&mut self.sink.forged);
                        Answer::No
                    }
                    Found::Nothing => Answer::No,
                }
            }
            Question::Record(arrival) => match self.arrived(now, &signer, arrival) {
                Ok(_) => Answer::Yes,
                Err(_) => Answer::No,
            },
        }
    }
}
