//! Whether the routers answer.
//!
//! The stack asks for a router's hardware address only when it has something to send through it, and
//! never says that no answer came. It asks one question a second, whomever it is for: while its DHCP
//! client cannot reach a server on the link, nobody else gets to ask. So the guard asks the routers
//! itself while there are connections, or are to be. The answers reach the stack too.

use core::net::{IpAddr, Ipv4Addr};

use embassy_net_driver::Driver;
use heapless::Vec;
use probe_core::time::Millis;

use super::{Doors, Guard, Tap, Warden, Watch, inspect};
use crate::scout::OwnNetworks;

/// So many questions without an answer, and a router is silent.
pub const ROUTER_QUESTIONS_MAX: u8 = 4;
/// How often a router is asked that answers: before the stack forgets it after a minute.
pub const ROUTER_ASKED_EVERY: Millis = Millis::from_secs(25);
/// How soon a router is asked again that has not answered.
pub const ROUTER_ASKED_AGAIN_AFTER: Millis = Millis::from_secs(1);
/// How often a router is asked that is silent, whether or not anybody wants to connect.
pub const SILENT_ROUTER_ASKED_EVERY: Millis = Millis::from_secs(5);

/// The longest question, in octets: a neighbour solicitation with the asker's hardware address.
const QUESTION_OCTETS_MAX: usize = 86;

/// A frame of the guard's own.
pub(super) type Question = Vec<u8, QUESTION_OCTETS_MAX, u8>;

/// The last question for each router: which router, from which of our addresses, and when, in
/// microseconds.
pub(super) type Questions = [Option<((IpAddr, OwnNetworks), u64)>; 2];

/// Takes note of a frame that came in, if it is a router's own.
pub(super) fn answered(frame: &[u8], watch: &Watch, warden: &impl Warden) {
    let doors = watch.doors();
    let from = (0..2).find(|index| is_answer(frame, &doors, *index));
    if from.is_some_and(|index| watch.router_answered(index)) {
        warden.network_changed();
    }
}

impl<D: Driver, W: Warden, T: Tap> Guard<'_, D, W, T> {
    /// Asks the routers, while somebody wants to connect or one is silent.
    pub(super) fn ask_routers(&mut self, cx: &mut core::task::Context) {
        let is_wanted = self.watch.sockets() > 0;
        for index in 0..2 {
            let is_silent = self.watch.router_is_silent(index);
            if is_silent {
                self.ways.forget_family(index == 0, &self.warden);
            }
            if !(is_wanted || is_silent) || !self.link_is_up {
                continue;
            }
            self.ask_router(cx, index);
        }
    }

    fn ask_router(&mut self, cx: &mut core::task::Context, index: usize) {
        let (now, now_us) = (self.warden.now(), self.warden.now_us());
        let doors = self.watch.doors();
        let networks = self.watch.own_networks();
        let (Some(router), Some(last)) = (router(&doors, index), self.questions.get_mut(index))
        else {
            return;
        };
        let Some(question) = question(self.own, networks, router) else {
            return;
        };
        let about = (router, networks);
        let due_us = match last {
            Some((of, asked_us)) if *of == about => {
                asked_us.saturating_add(pause_us(self.watch, index))
            }
            _ => now_us,
        };
        if due_us > now_us {
            self.warden.wake_at(due_us, cx.waker());
            return;
        }
        let Some(token) = self.driver.transmit(cx) else {
            return;
        };
        *last = Some((about, now_us));
        let inspected = inspect(&question, self.own, &doors, &self.warden);
        if self.watch.admit(now, inspected).is_ok() {
            self.tap.frame(now, super::Direction::Sent, &question);
            embassy_net_driver::TxToken::consume(token, question.len(), |room| {
                room.copy_from_slice(&question);
            });
            if self.watch.router_asked(index) {
                self.warden.network_changed();
            }
        }
        let due_us = now_us.saturating_add(pause_us(self.watch, index));
        self.warden.wake_at(due_us, cx.waker());
    }
}

/// How long after a question the next one is due.
fn pause_us(watch: &Watch, index: usize) -> u64 {
    let pause = match watch.router_unanswered(index) {
        0 => ROUTER_ASKED_EVERY,
        1..ROUTER_QUESTIONS_MAX => ROUTER_ASKED_AGAIN_AFTER,
        _ => SILENT_ROUTER_ASKED_EVERY,
    };
    pause.0.saturating_mul(1_000)
}

/// The frame that asks for a router, where we have an address of its family.
fn question(own: [u8; 6], networks: OwnNetworks, router: IpAddr) -> Option<Question> {
    match router {
        IpAddr::V4(router) => {
            let (address, _) = networks.v4?;
            Some(arp_question(own, address, router))
        }
        #[cfg(feature = "ipv6")]
        IpAddr::V6(router) => {
            networks.v6?;
            super::advertised::neighbour_solicitation(own, router)
        }
        #[cfg(not(feature = "ipv6"))]
        IpAddr::V6(_) => None,
    }
}

/// RFC 826.
fn arp_question(own: [u8; 6], address: Ipv4Addr, router: Ipv4Addr) -> Question {
    let mut frame = Question::new();
    for part in [
        &[0xff; 6][..],
        &own,
        &[8, 6, 0, 1, 8, 0, 6, 4, 0, 1],
        &own,
        &address.octets(),
        &[0; 6],
        &router.octets(),
    ] {
        // There is room: a solicitation is longer.
        let _ = frame.extend_from_slice(part);
    }
    frame
}

/// ARP from the router of this family, or its neighbour or router advertisement.
fn is_answer(frame: &[u8], doors: &Doors, index: usize) -> bool {
    match router(doors, index) {
        Some(IpAddr::V4(router)) => {
            frame.get(12..14) == Some(&[8, 6]) && frame.get(28..32) == Some(&router.octets())
        }
        Some(IpAddr::V6(router)) => {
            let is_icmpv6 = frame.get(12..14) == Some(&[0x86, 0xdd]) && frame.get(20) == Some(&58);
            let own = frame.get(22..38) == Some(&router.octets());
            is_icmpv6 && own && matches!(frame.get(54), Some(134 | 136))
        }
        None => false,
    }
}

fn router(doors: &Doors, index: usize) -> Option<IpAddr> {
    if index == 0 {
        doors.gateway_v4.map(IpAddr::V4)
    } else {
        doors.gateway_v6.map(IpAddr::V6)
    }
}
