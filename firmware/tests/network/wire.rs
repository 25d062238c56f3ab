//! A cable between the device under test and one peer.

use std::{
    cell::RefCell,
    collections::VecDeque,
    task::{Context, Waker},
};

use embassy_net::driver::{Capabilities, Driver, HardwareAddress, LinkState, RxToken, TxToken};
use smoltcp::{
    phy::{self, DeviceCapabilities, Medium},
    time::Instant,
};

pub(crate) const DEVICE: [u8; 6] = [2, 0, 0, 0, 0, 1];
pub(crate) const PEER: [u8; 6] = [2, 0, 0, 0, 0, 2];

/// Frames on their way, and all that ever were.
#[derive(Default)]
pub(crate) struct Wire {
    to_device: RefCell<VecDeque<Vec<u8>>>,
    to_peer: RefCell<VecDeque<Vec<u8>>>,
    device: RefCell<Option<Waker>>,
    /// Every frame that the device sent.
    pub(crate) sent: RefCell<Vec<Vec<u8>>>,
}

impl Wire {
    pub(crate) fn peer_has_frames(&self) -> bool {
        !self.to_peer.borrow().is_empty()
    }
}

/// The device's end.
pub(crate) struct DeviceEnd<'a>(pub(crate) &'a Wire);

impl Driver for DeviceEnd<'_> {
    type RxToken<'t>
        = Frame
    where
        Self: 't;
    type TxToken<'t>
        = ToPeer<'t>
    where
        Self: 't;

    fn receive(&mut self, cx: &mut Context) -> Option<(Frame, ToPeer<'_>)> {
        self.0.device.replace(Some(cx.waker().clone()));
        let frame = self.0.to_device.borrow_mut().pop_front()?;
        Some((Frame(frame), ToPeer(self.0)))
    }

    fn transmit(&mut self, _cx: &mut Context) -> Option<ToPeer<'_>> {
        Some(ToPeer(self.0))
    }

    fn link_state(&mut self, _cx: &mut Context) -> LinkState {
        LinkState::Up
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = 1_514;
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ethernet(DEVICE)
    }
}

pub(crate) struct Frame(Vec<u8>);

impl RxToken for Frame {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(mut self, f: F) -> R {
        f(&mut self.0)
    }
}

pub(crate) struct ToPeer<'a>(&'a Wire);

impl TxToken for ToPeer<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut frame = vec![0; len];
        let result = f(&mut frame);
        self.0.sent.borrow_mut().push(frame.clone());
        self.0.to_peer.borrow_mut().push_back(frame);
        result
    }
}

/// The peer's end.
pub(crate) struct PeerEnd<'a>(pub(crate) &'a Wire);

impl phy::Device for PeerEnd<'_> {
    type RxToken<'t>
        = Frame
    where
        Self: 't;
    type TxToken<'t>
        = ToDevice<'t>
    where
        Self: 't;

    fn receive(&mut self, _at: Instant) -> Option<(Frame, ToDevice<'_>)> {
        let frame = self.0.to_peer.borrow_mut().pop_front()?;
        Some((Frame(frame), ToDevice(self.0)))
    }

    fn transmit(&mut self, _at: Instant) -> Option<ToDevice<'_>> {
        Some(ToDevice(self.0))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.max_transmission_unit = 1_514;
        capabilities.medium = Medium::Ethernet;
        capabilities
    }
}

impl phy::RxToken for Frame {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(&self.0)
    }
}

pub(crate) struct ToDevice<'a>(&'a Wire);

impl phy::TxToken for ToDevice<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut frame = vec![0; len];
        let result = f(&mut frame);
        self.0.to_device.borrow_mut().push_back(frame);
        if let Some(waker) = self.0.device.take() {
            waker.wake();
        }
        result
    }
}
