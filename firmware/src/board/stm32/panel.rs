//! The green lamp LD1, and the blue button B1.

use embassy_stm32::{
    Peri,
    gpio::{Input, Level, Output, Pull, Speed},
    peripherals::{PB0, PC13},
};

use crate::board::Panel;

/// Lamp and button.
pub(crate) struct NucleoPanel {
    lamp: Output<'static>,
    button: Input<'static>,
}

impl NucleoPanel {
    /// The lamp is off.
    pub(super) fn start(lamp: Peri<'static, PB0>, button: Peri<'static, PC13>) -> Self {
        Self {
            lamp: Output::new(lamp, Level::Low, Speed::Low),
            button: Input::new(button, Pull::Down),
        }
    }
}

impl Panel for NucleoPanel {
    fn light(&mut self, on: bool) {
        self.lamp.set_level(on.into());
    }

    fn is_pressed(&mut self) -> bool {
        self.button.is_high()
    }
}
