//! The device's Ethernet link: the driver that embassy-net holds, and the router's end.

use std::{
    cell::RefCell,
    rc::Rc,
    task::{Context, Waker},
    time::Duration,
};

use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState, RxToken, TxToken};

use super::delay::Delay;
use crate::{clock, faults::Weather, observer::Observer};

/// How long a frame takes from one end of the link to the other.
pub const LINK_LATENCY: Duration = Duration::from_micros(100);
/// The longest frame, in octets: 1,500 of payload after a header of 14.
pub const FRAME_OCTETS_MAX: usize = 1_514;

/// Makes a link; the device's end has the address `hardware`. `weather` is that of the wire from
/// the device and that of the wire to it.
pub(crate) fn link(
    hardware: [u8; 6],
    weather: [Option<Weather>; 2],
    observer: Observer,
) -> (DeviceEnd, RouterEnd) {
    let [up, down] = weather.map(Delay::new);
    let wires = Rc::new(RefCell::new(Wires {
        up,
        down,
        device: None,
        has_power: true,
        was_out: false,
        observer,
    }));
    (
        DeviceEnd {
            wires: Rc::clone(&wires),
            hardware,
        },
        RouterEnd { wires },
    )
}

struct Wires {
    up: Delay<Vec<u8>>,
    down: Delay<Vec<u8>>,
    device: Option<Waker>,
    /// What arrives at a device without power is lost.
    has_power: bool,
    /// Whether the cable was out when the device was last told.
    was_out: bool,
    observer: Observer,
}

/// The device's end: an Ethernet driver for embassy-net.
pub struct DeviceEnd {
    wires: Rc<RefCell<Wires>>,
    hardware: [u8; 6],
}

impl DeviceEnd {
    /// The same end, for a device that starts again.
    pub(crate) fn again(&self) -> Self {
        Self {
            wires: Rc::clone(&self.wires),
            hardware: self.hardware,
        }
    }

    /// Gives power to the device's network interface, or takes it.
    pub(crate) fn set_power(&self, has_power: bool) {
        let mut wires = self.wires.borrow_mut();
        wires.has_power = has_power;
        wires.device = None;
    }
}

impl Driver for DeviceEnd {
    type RxToken<'a> = Received;
    type TxToken<'a> = Transmit<'a>;

    fn receive(&mut self, context: &mut Context<'_>) -> Option<(Received, Transmit<'_>)> {
        let mut wires = self.wires.borrow_mut();
        let now = clock::now();
        let Some(frame) = wires.down.arrived(now) else {
            wires.device = Some(context.waker().clone());
            return None;
        };
        wires.observer.reaches_device(now, &frame);
        Some((Received(frame), Transmit(&self.wires)))
    }

    fn transmit(&mut self, _context: &mut Context<'_>) -> Option<Transmit<'_>> {
        Some(Transmit(&self.wires))
    }

    fn link_state(&mut self, _context: &mut Context<'_>) -> LinkState {
        if self.wires.borrow().up.is_out(clock::now()) {
            LinkState::Down
        } else {
            LinkState::Up
        }
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = FRAME_OCTETS_MAX;
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ethernet(self.hardware)
    }
}

/// A frame that has arrived.
pub struct Received(Vec<u8>);

impl RxToken for Received {
    fn consume<R, F>(mut self, read: F) -> R
    where
        F: FnOnce(&mut [u8]) -> R,
    {
        read(&mut self.0)
    }
}

/// Room for one frame. The wire takes as many as there are: a link of no bandwidth limit.
pub struct Transmit<'a>(&'a RefCell<Wires>);

impl TxToken for Transmit<'_> {
    fn consume<R, F>(self, octets: usize, write: F) -> R
    where
        F: FnOnce(&mut [u8]) -> R,
    {
        let mut frame = vec![0; octets];
        let result = write(&mut frame);
        let now = clock::now();
        let mut wires = self.0.borrow_mut();
        wires.observer.leaves_device(now, &frame);
        wires.up.send(now, LINK_LATENCY, frame);
        result
    }
}

/// The router's end.
pub(crate) struct RouterEnd {
    wires: Rc<RefCell<Wires>>,
}

impl RouterEnd {
    /// The next frame from the device.
    pub(crate) fn receive(&self, now: Duration) -> Option<Vec<u8>> {
        self.wires.borrow_mut().up.arrived(now)
    }

    /// Sends a frame to the device.
    pub(crate) fn send(&self, now: Duration, frame: Vec<u8>) {
        self.wires.borrow_mut().down.send(now, LINK_LATENCY, frame);
    }

    /// Wakes the device if a frame has arrived for it, or if its cable was pulled or put back; says
    /// whether it did.
    pub(crate) fn wake_device(&self, now: Duration) -> bool {
        let mut wires = self.wires.borrow_mut();
        if !wires.has_power {
            while wires.down.arrived(now).is_some() {}
            return false;
        }
        let is_out = wires.up.is_out(now);
        let turned = std::mem::replace(&mut wires.was_out, is_out) != is_out;
        let arrived = turned || wires.down.next().is_some_and(|due| due <= now);
        match wires.device.take() {
            Some(waker) if arrived => {
                waker.wake();
                true
            }
            waiting => {
                wires.device = waiting;
                false
            }
        }
    }

    /// When the next frame arrives at either end, or the cable is pulled or put back.
    pub(crate) fn next(&self) -> Option<Duration> {
        let wires = self.wires.borrow();
        let turns = wires.up.turns(clock::now());
        [wires.up.next(), wires.down.next(), turns]
            .into_iter()
            .flatten()
            .min()
    }
}
