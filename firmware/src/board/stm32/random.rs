//! The chip's generator of random numbers.

use core::cell::RefCell;

use embassy_stm32::{
    Peri,
    interrupt::typelevel::Binding,
    peripherals::RNG,
    rng::{InterruptHandler, Rng},
};
use firmware::net::Random;

/// The generator.
pub(crate) struct ChipRandom(RefCell<Rng<'static, RNG>>);

impl ChipRandom {
    /// Starts it.
    pub(super) fn start(
        generator: Peri<'static, RNG>,
        interrupts: impl Binding<
            <RNG as embassy_stm32::rng::Instance>::Interrupt,
            InterruptHandler<RNG>,
        > + 'static,
    ) -> Self {
        Self(RefCell::new(Rng::new(generator, interrupts)))
    }
}

impl Random for ChipRandom {
    fn fill(&self, octets: &mut [u8]) {
        self.0.borrow_mut().fill_bytes(octets);
    }
}
