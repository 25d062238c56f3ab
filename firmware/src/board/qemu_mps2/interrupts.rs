//! Which device interrupts, and who hears of it.

use cortex_m::{interrupt::InterruptNumber, peripheral::NVIC};
use cortex_m_rt::exception;

use super::{lan9118, uart};

/// The interrupts that this program uses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Interrupt {
    UartReceived = 0,
    UartSent = 1,
    Ethernet = 13,
}

impl Interrupt {
    const ALL: [Self; 3] = [Self::UartReceived, Self::UartSent, Self::Ethernet];
}

// SAFETY: these are numbers of the board's interrupts, each other than the others, and never change.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self as u16
    }
}

/// Lets the devices interrupt.
pub(super) fn enable() {
    for interrupt in Interrupt::ALL {
        // SAFETY: no critical section is made of interrupt priorities or masks here.
        unsafe { NVIC::unmask(interrupt) };
    }
}

// SAFETY of the signature: cortex-m-rt asks for it. The handlers touch nothing but registers and
// what critical sections protect.
#[exception]
unsafe fn DefaultHandler(number: i16) {
    match Interrupt::ALL.into_iter().find(|it| *it as i16 == number) {
        Some(Interrupt::UartReceived) => uart::on_received(),
        Some(Interrupt::UartSent) => uart::on_sent(),
        Some(Interrupt::Ethernet) => lan9118::on_interrupt(),
        None => panic!("an interrupt that nobody asked for"),
    }
}
