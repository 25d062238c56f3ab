//! The appliance on the NUCLEO-F767ZI.
#![no_std]
#![no_main]

#[path = "../board/mod.rs"]
mod board;

#[cortex_m_rt::entry]
fn main() -> ! {
    board::main()
}
