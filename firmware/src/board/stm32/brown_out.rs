//! The brown-out level: below 2.7 V the chip is held in reset, so that nothing is ever written to
//! flash with less than that takes. A chip comes with a lower one; it is set once in its life.

use super::chip::options::{CONTROL, CURRENT, KEY, LEVEL, LEVEL_MASK, NEXT, NEXT_MASK, is_busy};

/// The two keys that unlock the options.
const KEYS: [u32; 2] = [0x0819_2a3b, 0x4c5d_6e7f];
const LOCK: u32 = 1;
const START: u32 = 1 << 1;

/// Sees to it that the level is what it has to be. Before any write to flash.
pub(super) fn guard() {
    if CURRENT.read() & LEVEL_MASK == LEVEL {
        return;
    }
    while is_busy() {}
    if CONTROL.read() & LOCK != 0 {
        KEYS.into_iter().for_each(|key| KEY.write(key));
    }
    // Every other option stays: the read protection is among them.
    NEXT.write(NEXT.read() & NEXT_MASK & !LEVEL_MASK | LEVEL);
    CONTROL.write(CONTROL.read() & !LOCK | START);
    cortex_m::asm::dsb();
    while is_busy() {}
    CONTROL.write(CONTROL.read() & !START | LOCK);
}
