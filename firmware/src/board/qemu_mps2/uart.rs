//! The link: the first serial port (CMSDK APB UART), received by interrupt.
//!
//! An octet that finds no room stays in the port until the reader has made some. A host that
//! waits for the port, as QEMU's does, then loses nothing.

use core::{convert::Infallible, future::poll_fn, task::Poll};

use embassy_sync::{
    blocking_mutex::raw::CriticalSectionRawMutex, pipe::Pipe, waitqueue::AtomicWaker,
};
use embedded_io_async::{ErrorType, Read, Write};
use probe_core::frame::FRAME_OCTETS_MAX;

use super::CLOCK_HZ;
use crate::board::register::Register;

const BASE: usize = 0x4000_4000;

// SAFETY: the port's registers are here, and each is aligned.
const DATA: Register = unsafe { Register::at(BASE) };
// SAFETY: as above.
const STATE: Register = unsafe { Register::at(BASE + 0x4) };
// SAFETY: as above.
const CONTROL: Register = unsafe { Register::at(BASE + 0x8) };
// SAFETY: as above.
const INTERRUPTS: Register = unsafe { Register::at(BASE + 0xc) };
// SAFETY: as above.
const BAUD_DIVIDER: Register = unsafe { Register::at(BASE + 0x10) };

const STATE_SEND_FULL: u32 = 1;
const STATE_RECEIVE_FULL: u32 = 1 << 1;
/// Sending, receiving, and an interrupt for each.
const CONTROL_ALL: u32 = 0b1111;
const INTERRUPT_SENT: u32 = 1;
const INTERRUPT_RECEIVED: u32 = 1 << 1;

const BAUD: u32 = 115_200;

/// Received and not yet read: two frames.
static RECEIVED: Pipe<CriticalSectionRawMutex, { 2 * FRAME_OCTETS_MAX }> = Pipe::new();
static SENDER: AtomicWaker = AtomicWaker::new();

/// The host's octets.
pub(crate) struct UartReader(());

/// Octets for the host.
pub(crate) struct UartWriter(());

/// Starts the port.
pub(super) fn start() -> (UartReader, UartWriter) {
    BAUD_DIVIDER.write(CLOCK_HZ / BAUD);
    CONTROL.write(CONTROL_ALL);
    (UartReader(()), UartWriter(()))
}

/// An octet has come.
pub(super) fn on_received() {
    INTERRUPTS.write(INTERRUPT_RECEIVED);
    take_octets();
}

/// There is room for an octet.
pub(super) fn on_sent() {
    INTERRUPTS.write(INTERRUPT_SENT);
    SENDER.wake();
}

/// Takes what the port holds while there is room for it.
fn take_octets() {
    critical_section::with(|_| {
        while STATE.read() & STATE_RECEIVE_FULL != 0 && !RECEIVED.is_full() {
            let [octet, ..] = DATA.read().to_le_bytes();
            let _ = RECEIVED.try_write(&[octet]);
        }
    });
}

impl ErrorType for UartReader {
    type Error = Infallible;
}

impl Read for UartReader {
    async fn read(&mut self, octets: &mut [u8]) -> Result<usize, Infallible> {
        let count = RECEIVED.read(octets).await;
        // An octet that waited for room has interrupted already and will not again.
        take_octets();
        Ok(count)
    }
}

impl ErrorType for UartWriter {
    type Error = Infallible;
}

impl Write for UartWriter {
    async fn write(&mut self, octets: &[u8]) -> Result<usize, Infallible> {
        poll_fn(|context| {
            SENDER.register(context.waker());
            let mut count = 0;
            for octet in octets {
                if STATE.read() & STATE_SEND_FULL != 0 {
                    break;
                }
                DATA.write(u32::from(*octet));
                count += 1;
            }
            if count == 0 && !octets.is_empty() {
                Poll::Pending
            } else {
                Poll::Ready(Ok(count))
            }
        })
        .await
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
