//! The appliance on the NUCLEO-H743ZI2.
#![no_std]
#![no_main]

#[path = "../board/mod.rs"]
mod board;

#[cortex_m_rt::entry]
fn main() -> ! {
    board::main()
}
