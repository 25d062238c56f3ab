//! TLS, where the server wants it.

use super::{Course, Stage, Tls, Todo};
use crate::{
    dialogue::{Close, SecureFailure},
    evidence::{Ending, Notes},
    relay::{outcome::Outcome, pairs::PairId, plan::Borne},
    smtp::{Extensions, Reply},
    time::Instant,
};

impl Course<'_> {
    pub(super) fn wants_tls(&self) -> bool {
        self.tls == Tls::Untried
            && self.plan.outcome(PairId::DECIDING) == Outcome::TlsRequired
            && self.extensions.contains(Extensions::STARTTLS)
    }

    /// Whether this connection goes on behind TLS: where it is wanted, and from then on.
    pub(super) fn begins_tls(&self) -> bool {
        let is_due = self.wants_tls() || self.tls == Tls::Due;
        is_due && self.extensions.contains(Extensions::STARTTLS)
    }

    pub(super) fn start_tls_answered(&mut self, now: Instant, reply: &Reply<'_>, more: bool) {
        if reply.code == 220 && !more {
            self.stage = Stage::Securing;
            self.put(Todo::Secure);
        } else {
            self.tls = Tls::Failed;
            self.put(Todo::SecureFailed(SecureFailure::Handshake));
            self.ended(now, Ending::InOrder, Some(Close::Fin));
        }
    }

    pub(super) fn secured(&mut self) {
        if self.tls == Tls::Untried {
            self.plan.begins_behind_tls();
        }
        self.tls = Tls::Up;
        self.note(Notes::SECURED);
        for pair in PairId::all() {
            if self.plan.outcome(pair) == Outcome::TlsRequired {
                self.plan.set(pair, Outcome::NotReached);
            }
        }
        self.borne = Borne::nothing(self.borne.hello);
        self.stage = Stage::Hello {
            extended: true,
            written: false,
        };
    }

    pub(super) fn secure_failed(&mut self, now: Instant, why: SecureFailure) {
        self.tls = Tls::Failed;
        self.put(Todo::SecureFailed(why));
        self.ended(now, Ending::InOrder, Some(Close::Abort));
    }
}
