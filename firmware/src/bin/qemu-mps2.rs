//! The appliance on QEMU's `mps2-an500`.
#![no_std]
#![no_main]

#[path = "../board/mod.rs"]
mod board;

#[cortex_m_rt::entry]
fn main() -> ! {
    board::main()
}
