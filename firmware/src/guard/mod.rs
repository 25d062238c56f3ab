//! The second enforcement of the scope: a wrapper around any Ethernet driver that looks at every
//! frame before it leaves.
//!
//! The stack builds a frame into the guard's own buffer. Only a frame that [`inspect`] lets pass
//! is copied into the driver's; every other one is counted and forgotten. A connection that would
//! begin too soon after another one is kept for a moment. Whoever holds the [`Watch`] reads the
//! counters and decides which doors are open beside the scope.

#[cfg(feature = "ipv6")]
mod advertised;
mod callers;
mod dhcp;
mod doors;
mod inspect;
mod limit;
#[cfg(not(feature = "relay-only"))]
mod near;
mod routers;
mod spacing;
mod warden;
mod watch;

use core::{
    net::{IpAddr, SocketAddr},
    task::{Context, Waker},
};

use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState};
use probe_core::{
    prober::{Heard, Scouting},
    time::Instant,
};

use crate::{log, scout};

pub use doors::{Doors, HostDoor};
use inspect::Segment;
pub use inspect::{Pass, Stop, inspect};
pub use limit::{LINK_FRAMES_BURST_MAX, LINK_FRAMES_PER_SECOND_MAX};
#[cfg(not(feature = "relay-only"))]
pub use near::{CALLER_KNOWN_FOR, CALLERS_ASKED_EVERY, CALLERS_MAX};
use routers::Questions;
pub use routers::{
    ROUTER_ASKED_AGAIN_AFTER, ROUTER_ASKED_EVERY, ROUTER_QUESTIONS_MAX, SILENT_ROUTER_ASKED_EVERY,
};
use spacing::{Beginnings, Course};
pub use spacing::{SYN_HELD_MS_MAX, SYN_OCTETS_MAX, SYNS_HELD_MAX, Spacing};
pub use warden::ProberWarden;
pub use watch::{Counters, Watch};

/// The largest IP packet that leaves, in octets. No path carries less over IPv6 (RFC 8200, 5),
/// and the stack discovers no larger one.
pub const PACKET_OCTETS_MAX: usize = 1_280;

/// The largest frame that leaves, in octets, without its check sequence.
pub const FRAME_OCTETS_MAX: usize = 14 + PACKET_OCTETS_MAX;

/// What the guard asks whoever knows the scope.
pub trait Warden {
    /// The moment that it is.
    fn now(&self) -> Instant;

    /// Whether a probe may go to `remote` now.
    fn permits(&self, remote: SocketAddr) -> bool;

    /// Whether a probe may go to some port of `address` now.
    fn permits_address(&self, address: IpAddr) -> bool;

    /// The resolver that the scope names, if there is one now.
    fn resolver(&self) -> Option<IpAddr> {
        None
    }

    /// Where the sink is that is elsewhere, if a connection there may begin now (`begins`), or one that
    /// has begun may go on.
    fn sink_elsewhere(&self, _begins: bool) -> Option<SocketAddr> {
        None
    }

    /// A probe was on its way to `remote`, outside the scope. The scan must stop.
    fn violated(&self, remote: SocketAddr);

    /// Whether callers of this port of ours are answered, whoever they are.
    fn is_sink_port(&self, _port: u16) -> bool {
        false
    }

    /// Somebody called a port of the sink, and nobody listened.
    fn nobody_listened(&self) {}

    /// Whether connections to `address` may not begin any more, because somebody there objects.
    fn is_objected(&self, _address: core::net::IpAddr) -> bool {
        false
    }

    /// How far apart connections begin; `None` while none may begin at all.
    fn spacing(&self) -> Option<Spacing>;

    /// The moment that it is, in microseconds.
    fn now_us(&self) -> u64;

    /// Wakes `waker` when [`Warden::now_us`] says `at_us`.
    fn wake_at(&self, at_us: u64, waker: &Waker);

    /// The network has begun to lack something, or has it again.
    fn network_changed(&self) {}

    /// What makes answers to the guard's own SYNs provable; without one it sends none. As all
    /// that follows, only a warden that has targets to scout need say.
    fn scout_key(&self) -> Option<scout::Key> {
        None
    }

    /// Whom to ask next; `waker` is woken when that has changed.
    fn scout(&self, _waker: &Waker) -> Scouting {
        Scouting::Nothing
    }

    /// The guard can ask targets of IPv4, or of IPv6, until then.
    fn scouts_until(&self, _is_ipv4: bool, _until: Instant) {}

    /// When a target whose answer is waited for was asked first.
    fn scouted_since(&self, _remote: SocketAddr) -> Option<Instant> {
        None
    }

    /// What became of a target that was to be asked, or was.
    fn scout_heard(&self, _remote: SocketAddr, _heard: Heard) {}
}

/// Somebody who sees every frame, such as a capture.
pub trait Tap {
    /// Called once for each frame, before it goes on.
    fn frame(&self, at: Instant, direction: Direction, frame: &[u8]);
}

/// Nobody looks.
impl Tap for () {
    fn frame(&self, _at: Instant, _direction: Direction, _frame: &[u8]) {}
}

impl<T: Tap> Tap for &T {
    fn frame(&self, at: Instant, direction: Direction, frame: &[u8]) {
        T::frame(self, at, direction, frame);
    }
}

/// Where a frame was going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the wire.
    Received,
    /// To the wire.
    Sent,
    /// To the wire, but the guard stopped it.
    Stopped,
}

/// A driver that sends nothing but what it may.
pub struct Guard<'a, D, W, T> {
    driver: D,
    watch: &'a Watch,
    warden: W,
    tap: T,
    own: [u8; 6],
    beginnings: Beginnings,
    ways: scout::Ways,
    questions: Questions,
    #[cfg(feature = "ipv6")]
    solicitations: advertised::Solicitations,
    link_is_up: bool,
    frame: [u8; FRAME_OCTETS_MAX],
}

impl<'a, D: Driver, W: Warden, T: Tap> Guard<'a, D, W, T> {
    /// A guard around an Ethernet driver. On any other medium it lets nothing pass.
    pub fn new(driver: D, watch: &'a Watch, warden: W, tap: T) -> Self {
        let own = match driver.hardware_address() {
            HardwareAddress::Ethernet(own) => own,
            _ => [0; 6],
        };
        Self {
            driver,
            watch,
            warden,
            tap,
            own,
            beginnings: Beginnings::new(),
            ways: scout::Ways::new(),
            questions: [None; 2],
            #[cfg(feature = "ipv6")]
            solicitations: advertised::Solicitations::default(),
            link_is_up: false,
            frame: [0; FRAME_OCTETS_MAX],
        }
    }

    /// Lets go what was kept and may leave now, as far as the driver has room.
    fn release(&mut self, cx: &mut Context) {
        let (now, now_us) = (self.warden.now(), self.warden.now_us());
        let spacing = self.warden.spacing();
        let permits = |remote| self.warden.permits(remote);
        while self.beginnings.forget(now_us, spacing, permits) {
            // It was never sent: what is left of it is the stack's noise.
            let _ = self.watch.admit(now, Err(Stop::Noise));
        }
        self.watch.holds(self.beginnings.held());
        let Some(spacing) = spacing else {
            return;
        };
        while let Some(due_us) = self.beginnings.due(Some(spacing)) {
            if due_us > now_us {
                self.warden.wake_at(due_us, cx.waker());
                return;
            }
            let Some(token) = self.driver.transmit(cx) else {
                return;
            };
            let Some(frame) = self.beginnings.take(now_us, spacing) else {
                return;
            };
            self.watch.holds(self.beginnings.held());
            let _ = self.watch.admit(now, Ok(Pass::Scope));
            self.tap.frame(now, Direction::Sent, &frame);
            embassy_net_driver::TxToken::consume(token, frame.len(), |room| {
                room.copy_from_slice(&frame)
            });
        }
    }
}

impl<D: Driver, W: Warden, T: Tap> Guard<'_, D, W, T> {
    /// Sends what is the guard's own to send.
    fn speak(&mut self, cx: &mut Context) {
        self.release(cx);
        self.ask_routers(cx);
        #[cfg(feature = "ipv6")]
        self.solicit(cx);
        self.scout(cx);
    }

    /// Asks targets whether anybody is there, as far as the driver has room, while no connection
    /// of the stack waits to begin.
    fn scout(&mut self, cx: &mut Context) {
        let Some(key) = self.warden.scout_key() else {
            return;
        };
        let networks = self.watch.own_networks();
        self.ways.check(networks, &self.warden);
        while self.beginnings.is_idle() {
            let Some(token) = self.driver.transmit(cx) else {
                return;
            };
            let (target, since, again) = match self.warden.scout(cx.waker()) {
                Scouting::Try {
                    target,
                    since,
                    again,
                } => (target.endpoint(), since, again),
                Scouting::Wait(at) => {
                    let at_us = at.as_millis().saturating_mul(1_000);
                    self.warden.wake_at(at_us, cx.waker());
                    return;
                }
                Scouting::Nothing => return,
            };
            let Some(frame) = self.ways.syn(self.own, target, networks, (key, since)) else {
                // On our own link, or behind a way that has just gone: a worker's.
                self.warden.scout_heard(target, Heard::NoWay);
                continue;
            };
            let (now, now_us) = (self.warden.now(), self.warden.now_us());
            let mut inspected = inspect(&frame, self.own, &self.watch.doors(), &self.warden);
            if inspected == Ok(Pass::Scope)
                && !again
                && let Some(segment) = Segment::read(&frame)
            {
                let spacing = self.warden.spacing();
                let course = self.beginnings.course(now_us, segment, &frame, spacing);
                self.watch.holds(self.beginnings.held());
                match course {
                    Course::Leaves => {}
                    Course::Kept => {
                        self.watch.kept();
                        if let Some(due_us) = self.beginnings.due(spacing) {
                            self.warden.wake_at(due_us, cx.waker());
                        }
                        return;
                    }
                    Course::Stopped(why) => inspected = Err(why),
                }
            }
            match self.watch.admit(now, inspected) {
                Ok(()) => {
                    self.tap.frame(now, Direction::Sent, &frame);
                    embassy_net_driver::TxToken::consume(token, frame.len(), |room| {
                        room.copy_from_slice(&frame);
                    });
                }
                Err(stop) => {
                    log::stopped_by_guard(stop);
                    self.tap.frame(now, Direction::Stopped, &frame);
                    tell(&self.warden, stop);
                    return;
                }
            }
        }
    }
}

impl<D: Driver, W: Warden, T: Tap> Driver for Guard<'_, D, W, T> {
    type RxToken<'t>
        = RxToken<'t, D::RxToken<'t>, W, T>
    where
        Self: 't;
    type TxToken<'t>
        = TxToken<'t, D::TxToken<'t>, W, T>
    where
        Self: 't;

    fn receive(&mut self, cx: &mut Context) -> Option<(Self::RxToken<'_>, Self::TxToken<'_>)> {
        self.speak(cx);
        let (rx, tx) = self.driver.receive(cx)?;
        let rx = RxToken {
            inner: rx,
            watch: self.watch,
            warden: &self.warden,
            tap: &self.tap,
            own: self.own,
        };
        let tx = TxToken {
            inner: tx,
            watch: self.watch,
            warden: &self.warden,
            tap: &self.tap,
            own: self.own,
            waker: cx.waker().clone(),
            beginnings: &mut self.beginnings,
            ways: &mut self.ways,
            frame: &mut self.frame,
        };
        Some((rx, tx))
    }

    fn transmit(&mut self, cx: &mut Context) -> Option<Self::TxToken<'_>> {
        self.speak(cx);
        let inner = self.driver.transmit(cx)?;
        Some(TxToken {
            inner,
            watch: self.watch,
            warden: &self.warden,
            tap: &self.tap,
            own: self.own,
            waker: cx.waker().clone(),
            beginnings: &mut self.beginnings,
            ways: &mut self.ways,
            frame: &mut self.frame,
        })
    }

    fn link_state(&mut self, cx: &mut Context) -> LinkState {
        let state = self.driver.link_state(cx);
        if state == LinkState::Down {
            self.ways.forget(&self.warden);
            self.watch.forget_questions();
            #[cfg(not(feature = "relay-only"))]
            self.watch.forget_callers();
            // Another network may be at the other end of the next cable.
            #[cfg(feature = "ipv6")]
            self.watch.set_advertised(advertised::Advertised::NOTHING);
        }
        let was_up = core::mem::replace(&mut self.link_is_up, state == LinkState::Up);
        if self.link_is_up != was_up {
            self.warden.network_changed();
            // What is to be said at once on a new link is said at the next poll.
            cx.waker().wake_by_ref();
        }
        state
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = self.driver.capabilities();
        capabilities.max_transmission_unit =
            capabilities.max_transmission_unit.min(FRAME_OCTETS_MAX);
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        self.driver.hardware_address()
    }
}

/// A received frame on its way to the stack.
pub struct RxToken<'t, I, W, T> {
    inner: I,
    watch: &'t Watch,
    warden: &'t W,
    tap: &'t T,
    own: [u8; 6],
}

impl<I, W, T> embassy_net_driver::RxToken for RxToken<'_, I, W, T>
where
    I: embassy_net_driver::RxToken,
    W: Warden,
    T: Tap,
{
    fn consume<R, F>(self, f: F) -> R
    where
        F: FnOnce(&mut [u8]) -> R,
    {
        self.inner.consume(|frame| {
            self.watch.received();
            self.tap
                .frame(self.warden.now(), Direction::Received, frame);
            scout::hear(frame, self.warden);
            if callers::is_stranger(frame, &self.watch.doors(), self.warden) {
                self.watch.stranger();
                log::stranger();
                // Something has to be read: of nothing the stack makes nothing.
                return f(&mut []);
            }
            #[cfg(not(feature = "relay-only"))]
            near::hear(frame, self.own, self.watch, self.warden);
            routers::answered(frame, self.watch, self.warden);
            if let Some(server) = dhcp::server(frame, self.own) {
                self.watch.set_dhcp_server(server);
            }
            #[cfg(feature = "ipv6")]
            advertised::hear(frame, self.watch, self.warden);
            f(frame)
        })
    }
}

/// Room for a frame that may leave.
pub struct TxToken<'t, I, W, T> {
    inner: I,
    watch: &'t Watch,
    warden: &'t W,
    tap: &'t T,
    own: [u8; 6],
    waker: Waker,
    beginnings: &'t mut Beginnings,
    ways: &'t mut scout::Ways,
    frame: &'t mut [u8; FRAME_OCTETS_MAX],
}

impl<I, W, T> embassy_net_driver::TxToken for TxToken<'_, I, W, T>
where
    I: embassy_net_driver::TxToken,
    W: Warden,
    T: Tap,
{
    fn consume<R, F>(self, len: usize, f: F) -> R
    where
        F: FnOnce(&mut [u8]) -> R,
    {
        let frame = self
            .frame
            .get_mut(..len)
            .expect("the stack keeps to the capabilities of its driver");
        let result = f(frame);
        let now = self.warden.now();
        let mut inspected = inspect(frame, self.own, &self.watch.doors(), self.warden);
        #[cfg(not(feature = "relay-only"))]
        if inspected == Err(Stop::Neighbour) {
            inspected = near::answers(frame, self.watch, self.warden);
        }
        if inspected == Ok(Pass::Scope)
            && let Some(segment) = Segment::read(frame)
        {
            let spacing = self.warden.spacing();
            let now_us = self.warden.now_us();
            let course = self.beginnings.course(now_us, segment, frame, spacing);
            self.watch.holds(self.beginnings.held());
            match course {
                Course::Leaves => {}
                Course::Kept => {
                    self.watch.kept();
                    if let Some(due_us) = self.beginnings.due(spacing) {
                        self.warden.wake_at(due_us, &self.waker);
                    }
                    return result;
                }
                Course::Stopped(why) => inspected = Err(why),
            }
        }
        match self.watch.admit(now, inspected) {
            Ok(()) => {
                if inspected == Ok(Pass::Scope) {
                    let networks = self.watch.own_networks();
                    self.ways.learn(frame, networks, self.warden);
                }
                self.tap.frame(now, Direction::Sent, frame);
                self.inner.consume(len, |room| room.copy_from_slice(frame));
            }
            Err(stop) => {
                log::stopped_by_guard(stop);
                self.tap.frame(now, Direction::Stopped, frame);
                tell(self.warden, stop);
            }
        }
        result
    }
}

/// What of a stopped frame the warden has to know.
fn tell<W: Warden>(warden: &W, stop: Stop) {
    match stop {
        Stop::Violation(remote) => warden.violated(remote),
        Stop::NobodyListens => warden.nobody_listened(),
        _ => {}
    }
}

impl<W: Warden> Warden for &W {
    fn now(&self) -> Instant {
        W::now(self)
    }

    fn permits(&self, remote: SocketAddr) -> bool {
        W::permits(self, remote)
    }

    fn permits_address(&self, address: IpAddr) -> bool {
        W::permits_address(self, address)
    }

    fn resolver(&self) -> Option<IpAddr> {
        W::resolver(self)
    }

    fn sink_elsewhere(&self, begins: bool) -> Option<SocketAddr> {
        W::sink_elsewhere(self, begins)
    }

    fn violated(&self, remote: SocketAddr) {
        W::violated(self, remote);
    }

    fn is_sink_port(&self, port: u16) -> bool {
        W::is_sink_port(self, port)
    }

    fn nobody_listened(&self) {
        W::nobody_listened(self);
    }

    fn is_objected(&self, address: core::net::IpAddr) -> bool {
        W::is_objected(self, address)
    }

    fn spacing(&self) -> Option<Spacing> {
        W::spacing(self)
    }

    fn now_us(&self) -> u64 {
        W::now_us(self)
    }

    fn wake_at(&self, at_us: u64, waker: &Waker) {
        W::wake_at(self, at_us, waker);
    }

    fn network_changed(&self) {
        W::network_changed(self);
    }

    fn scout_key(&self) -> Option<scout::Key> {
        W::scout_key(self)
    }

    fn scout(&self, waker: &Waker) -> Scouting {
        W::scout(self, waker)
    }

    fn scouts_until(&self, is_ipv4: bool, until: Instant) {
        W::scouts_until(self, is_ipv4, until);
    }

    fn scouted_since(&self, remote: SocketAddr) -> Option<Instant> {
        W::scouted_since(self, remote)
    }

    fn scout_heard(&self, remote: SocketAddr, heard: Heard) {
        W::scout_heard(self, remote, heard);
    }
}

#[cfg(test)]
mod tests;
