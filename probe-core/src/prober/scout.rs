//! For a shell that can ask without a socket whether anybody is there.

use core::net::SocketAddr;

use super::{Prober, hours_since};
use crate::{
    dead::DeadBy,
    frame::message::Phase,
    schedule::{Heard, Scouting},
    target::Target,
    time::Instant,
};

impl Prober {
    /// What to ask next. Takes whoever has not answered the last try as dead.
    pub fn scout(&mut self, now: Instant) -> Scouting {
        self.settle(now);
        while let Some((target, since)) = self.schedule.silent(now) {
            if !self.has_died(now, target, since, DeadBy::NoAnswer) {
                // Without room for records nothing more is asked.
                return Scouting::Nothing;
            }
        }
        self.settle(now);
        if self.phase != Phase::Running || !self.way.lets_probe() || !self.has_room_for_a_record() {
            return Scouting::Nothing;
        }
        self.schedule.scout(now)
    }

    /// The shell can ask targets of IPv4, or of IPv6, until then; it says so again while it can.
    /// It never says so of targets on its own link.
    pub fn scouts_until(&mut self, is_ipv4: bool, until: Instant) {
        self.schedule.scouts_until(is_ipv4, until);
    }

    /// When a target whose answer is waited for was asked first.
    pub fn scouted_since(&self, target: SocketAddr) -> Option<Instant> {
        self.schedule.scouted_target(target).map(|(_, since)| since)
    }

    /// A target that is asked has answered; the shell has made sure that it was the target.
    /// Something has changed then.
    pub fn scout_heard(&mut self, now: Instant, target: SocketAddr, heard: Heard) {
        let Some((asked, since)) = self.schedule.scouted_target(target) else {
            return;
        };
        match heard {
            Heard::Answer => self.schedule.scout_answered(target),
            Heard::NoWay => self.schedule.leave_to_worker(target),
            Heard::Refusal => {
                // Without room for it, it is asked again.
                self.has_died(now, asked, since, DeadBy::Refused);
            }
        }
        self.settle(now);
    }

    /// How many records this boot has made: more of them are news for the host.
    pub fn records_made(&self) -> u32 {
        self.outbox.state().made
    }

    fn has_died(&mut self, now: Instant, target: Target, since: Instant, by: DeadBy) -> bool {
        let (Some(scan), Some(in_force), Some(anchor)) = (self.scan, &self.scope, self.anchor)
        else {
            return false;
        };
        let hours = hours_since(&in_force.scope, anchor.utc(now));
        if self.gather_dead(now, target, since, hours, by).is_err() {
            return false;
        }
        self.schedule.died(now, scan, target);
        self.schedule.answered(by != DeadBy::NoAnswer);
        true
    }
}
