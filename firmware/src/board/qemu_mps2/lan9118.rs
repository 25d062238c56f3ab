//! A driver for SMSC's LAN9118, which the board carries, for embassy-net.
//!
//! Frames go through two queues of words in the chip; there is no direct memory access.

use core::task::Context;

use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState};
use embassy_sync::waitqueue::AtomicWaker;

use super::{console, semihosting};
use crate::board::register::Register;

const BASE: usize = 0xa000_0000;

const fn register(offset: usize) -> Register {
    // SAFETY: called below with the offsets of the chip's registers, each aligned.
    unsafe { Register::at(BASE + offset) }
}

const RECEIVE_DATA: Register = register(0x00);
const SEND_DATA: Register = register(0x20);
const RECEIVE_STATUS: Register = register(0x40);
const SEND_STATUS: Register = register(0x48);
const INTERRUPT_CONFIG: Register = register(0x54);
const INTERRUPT_STATUS: Register = register(0x58);
const INTERRUPT_ENABLE: Register = register(0x5c);
const BYTE_TEST: Register = register(0x64);
const QUEUE_INTERRUPTS: Register = register(0x68);
const SEND_CONFIG: Register = register(0x70);
const HARDWARE_CONFIG: Register = register(0x74);
const RECEIVE_QUEUE: Register = register(0x7c);
const SEND_QUEUE: Register = register(0x80);
const MAC_COMMAND: Register = register(0xa4);
const MAC_DATA: Register = register(0xa8);
const FLOW_CONFIG: Register = register(0xac);

/// What BYTE_TEST reads when the chip is there and the right way round.
const BYTE_TEST_VALUE: u32 = 0x8765_4321;

/// Registers behind the MAC's window.
mod mac {
    pub(super) const CONTROL: u32 = 1;
    pub(super) const ADDRESS_HIGH: u32 = 2;
    pub(super) const ADDRESS_LOW: u32 = 3;
    pub(super) const MII_ACCESS: u32 = 6;
    pub(super) const MII_DATA: u32 = 7;

    pub(super) const BUSY: u32 = 1 << 31;
    pub(super) const READ: u32 = 1 << 30;

    /// Full duplex; all multicast, without which router advertisements would be filtered; sender
    /// and receiver on.
    pub(super) const CONTROL_ON: u32 = 1 << 20 | 1 << 19 | 1 << 3 | 1 << 2;
    /// The chip's own PHY, its status register.
    pub(super) const MII_PHY_STATUS: u32 = 1 << 11 | 1 << 6;
    /// In the PHY's status: the cable is in.
    pub(super) const PHY_LINK: u32 = 1 << 2;
}

const SOFT_RESET: u32 = 1;
/// Five kilobytes of the chip's memory for sending, and the rest for receiving.
const MEMORY_SPLIT: u32 = 0x0015_0000;
/// The thresholds of the chip's manual.
const FLOW_THRESHOLDS: u32 = 0x006e_3740;
const SENDER_ON: u32 = 2;
/// Interrupts on, active high, push-pull.
const INTERRUPT_LINE: u32 = 1 << 8 | 1 << 4 | 1;
/// A frame has come.
const INTERRUPT_RECEIVED: u32 = 1 << 3;

/// In a received frame's status: it is damaged.
const RECEIVE_ERROR: u32 = 1 << 15;
const FIRST_AND_LAST: u32 = 1 << 13 | 1 << 12;
/// Words that go before a frame that is sent.
const COMMAND_OCTETS: usize = 8;

/// The longest frame, in octets, without its check sequence.
const FRAME_OCTETS_MAX: usize = 1_514;
const CHECK_OCTETS: usize = 4;
/// Room for the longest received frame, in whole words.
const ROOM_OCTETS: usize = 1_520;

static RECEIVER: AtomicWaker = AtomicWaker::new();

/// Something has come: whoever reads enables the interrupt again.
pub(super) fn on_interrupt() {
    INTERRUPT_ENABLE.write(0);
    RECEIVER.wake();
}

/// The driver.
pub(crate) struct Lan9118 {
    own: [u8; 6],
    frame: [u8; ROOM_OCTETS],
}

impl Lan9118 {
    /// Starts the chip; its hardware address is the one that it carries.
    pub(super) fn start() -> Self {
        if BYTE_TEST.read() != BYTE_TEST_VALUE {
            console::say("postern: expected a LAN9118; start QEMU with -nic …,model=lan9118");
            semihosting::exit_failure();
        }
        HARDWARE_CONFIG.write(SOFT_RESET);
        while HARDWARE_CONFIG.read() & SOFT_RESET != 0 {}
        HARDWARE_CONFIG.write(MEMORY_SPLIT);
        FLOW_CONFIG.write(FLOW_THRESHOLDS);
        let [a, b, c, d] = mac_read(mac::ADDRESS_LOW).to_le_bytes();
        let [e, f, ..] = mac_read(mac::ADDRESS_HIGH).to_le_bytes();
        mac_write(mac::CONTROL, mac::CONTROL_ON);
        SEND_CONFIG.write(SENDER_ON);
        QUEUE_INTERRUPTS.write(0);
        INTERRUPT_CONFIG.write(INTERRUPT_LINE);
        INTERRUPT_ENABLE.write(INTERRUPT_RECEIVED);
        Self {
            own: [a, b, c, d, e, f],
            frame: [0; ROOM_OCTETS],
        }
    }

    /// Its hardware address.
    pub(super) fn address(&self) -> [u8; 6] {
        self.own
    }

    /// Takes the next whole frame out of the chip, if there is one; says how long it is.
    fn take_frame(&mut self) -> Option<usize> {
        while has_frame() {
            let status = RECEIVE_STATUS.read();
            let octets = (status >> 16 & 0x3fff) as usize;
            let mut room = self.frame.chunks_exact_mut(4);
            for _ in 0..octets.div_ceil(4) {
                let word = RECEIVE_DATA.read();
                if let Some(room) = room.next() {
                    room.copy_from_slice(&word.to_le_bytes());
                }
            }
            let octets = octets.saturating_sub(CHECK_OCTETS);
            if status & RECEIVE_ERROR == 0 && octets <= FRAME_OCTETS_MAX {
                return Some(octets);
            }
        }
        None
    }
}

impl Driver for Lan9118 {
    type RxToken<'t> = RxToken<'t>;
    type TxToken<'t> = TxToken;

    fn receive(&mut self, context: &mut Context) -> Option<(RxToken<'_>, TxToken)> {
        RECEIVER.register(context.waker());
        let octets = loop {
            if let Some(octets) = self.take_frame() {
                break octets;
            }
            INTERRUPT_STATUS.write(u32::MAX);
            INTERRUPT_ENABLE.write(INTERRUPT_RECEIVED);
            // What came before the status was cleared interrupts no more.
            if !has_frame() {
                return None;
            }
        };
        let frame = self.frame.get_mut(..octets)?;
        Some((RxToken(frame), TxToken(())))
    }

    fn transmit(&mut self, context: &mut Context) -> Option<TxToken> {
        let free = (SEND_QUEUE.read() & 0xffff) as usize;
        if free >= FRAME_OCTETS_MAX + COMMAND_OCTETS {
            return Some(TxToken(()));
        }
        // The queue empties at the speed of the wire: look again soon.
        context.waker().wake_by_ref();
        None
    }

    fn link_state(&mut self, _context: &mut Context) -> LinkState {
        mac_write(mac::MII_ACCESS, mac::MII_PHY_STATUS);
        if mac_read(mac::MII_DATA) & mac::PHY_LINK != 0 {
            LinkState::Up
        } else {
            LinkState::Down
        }
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = FRAME_OCTETS_MAX;
        capabilities.max_burst_size = Some(1);
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ethernet(self.own)
    }
}

/// A received frame.
pub(crate) struct RxToken<'t>(&'t mut [u8]);

impl embassy_net_driver::RxToken for RxToken<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, take: F) -> R {
        take(self.0)
    }
}

/// Room for a frame to send.
pub(crate) struct TxToken(());

impl embassy_net_driver::TxToken for TxToken {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, octets: usize, fill: F) -> R {
        let mut frame = [0; FRAME_OCTETS_MAX];
        let frame = frame
            .get_mut(..octets)
            .expect("the stack keeps to the capabilities of its driver");
        let result = fill(frame);
        send(frame);
        result
    }
}

/// Gives the chip a frame in one piece.
fn send(frame: &[u8]) {
    let octets = frame.len() as u32;
    SEND_DATA.write(FIRST_AND_LAST | octets);
    SEND_DATA.write(octets);
    for piece in frame.chunks(4) {
        let mut word = [0; 4];
        for (to, from) in word.iter_mut().zip(piece) {
            *to = *from;
        }
        SEND_DATA.write(u32::from_le_bytes(word));
    }
    // Nobody asks what became of it, and a full queue of answers would stop the sender.
    while SEND_QUEUE.read() >> 16 & 0xff != 0 {
        SEND_STATUS.read();
    }
}

fn has_frame() -> bool {
    RECEIVE_QUEUE.read() >> 16 & 0xff != 0
}

fn mac_read(index: u32) -> u32 {
    mac_command(mac::READ | index);
    MAC_DATA.read()
}

fn mac_write(index: u32, value: u32) {
    MAC_DATA.write(value);
    mac_command(index);
}

fn mac_command(command: u32) {
    MAC_COMMAND.write(mac::BUSY | command);
    while MAC_COMMAND.read() & mac::BUSY != 0 {}
}
