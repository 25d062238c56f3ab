//! The lamp and the button of the board's FPGA. QEMU traces the lamp (`-trace led_*`), and its
//! button is never pressed.

use crate::board::{Panel, register::Register};

const BASE: usize = 0x4002_8000;

// SAFETY: the FPGA's registers are here, and each is aligned.
const LAMPS: Register = unsafe { Register::at(BASE) };
// SAFETY: as above.
const BUTTONS: Register = unsafe { Register::at(BASE + 0x8) };

/// The first lamp, and the first button.
const FIRST: u32 = 1;

/// Lamp and button.
pub(crate) struct FpgaPanel;

impl Panel for FpgaPanel {
    fn light(&mut self, on: bool) {
        LAMPS.write(if on { FIRST } else { 0 });
    }

    fn is_pressed(&mut self) -> bool {
        BUTTONS.read() & FIRST != 0
    }
}
