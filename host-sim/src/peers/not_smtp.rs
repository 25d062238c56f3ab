//! Something that listens and does not speak SMTP: an SSH server on the wrong port.

use std::net::SocketAddr;

use probe_core::verdict::{Kind, Reason};

use super::{Fate, Forms, Personality, Rule, SAME, verdict};
use crate::server::{Conversation, Server, Turn};

pub(super) static NOT_SMTP: Personality = Personality {
    name: "not-smtp",
    about: "greets as SSH",
    behaviour: "not-smtp",
    truth: &[Rule::new(Forms::Any, Forms::Any, Fate::NotToBeJudged)],
    expected: [verdict(Kind::Inconclusive, Reason::NotSmtp); 3],
    delivered: SAME,
    serve: |_peer| Box::new(Ssh),
};

struct Ssh;

impl Server for Ssh {
    fn answer(&mut self, _caller: SocketAddr) -> Box<dyn Conversation> {
        Box::new(Self)
    }
}

impl Conversation for Ssh {
    fn on_open(&mut self, turn: &mut Turn) {
        turn.send(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
    }

    fn on_octets(&mut self, _octets: &[u8], turn: &mut Turn) {
        turn.send(b"Invalid SSH identification string.\r\n");
        turn.close();
    }

    fn on_timer(&mut self, _turn: &mut Turn) {}
}
