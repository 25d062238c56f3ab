//! The proof that no octet can make probe-core panic: this program links only if not one panicking
//! branch of the core is left after optimisation. `panic_never` replaces the panic handler by a
//! symbol that nobody defines.
//!
//! Every input is opaque to the compiler, as if a peer had sent it. It is never run.
//!
//! ```text
//! cargo build --profile firmware --target thumbv7em-none-eabihf -p panic-free --features proof
//! ```
#![no_std]
#![no_main]

mod dns;
mod dnsbl;
mod frames;
mod host;
mod names;
mod path_check;
mod prober;
mod proxy;
mod relay;
mod sink;
mod smtp;

use core::hint::black_box;

#[cfg(not(feature = "find"))]
use panic_never as _;

#[cfg(feature = "find")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        black_box(());
    }
}

/// What the linker keeps: everything that is called from here.
#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    let mut lent = [0; 2048];
    let octets: &mut [u8] = black_box(&mut lent);
    smtp::replies(octets);
    smtp::commands(octets);
    names::names(octets);
    names::scope(octets);
    frames::to_host(octets);
    frames::to_device(octets);
    host::host(octets);
    prober::prober(octets);
    let mut transmit = [0; 512];
    relay::dialogue(octets, black_box(&mut transmit));
    proxy::dialogue(octets, black_box(&mut transmit));
    dns::messages(octets);
    let mut message = [0; 512];
    dns::lookup(black_box(&mut message), octets, black_box(&mut transmit));
    dnsbl::dialogue(black_box(&mut message), octets, black_box(&mut transmit));
    sink::dialogue(octets, black_box(&mut transmit));
    path_check::dialogue(octets, black_box(&mut transmit));
    #[cfg(feature = "deliberate-index")]
    deliberate_index(octets);
    loop {
        black_box(());
    }
}

/// What the core never does: an array is indexed by an octet of a peer.
#[cfg(feature = "deliberate-index")]
fn deliberate_index(octets: &[u8]) {
    let table = [1_u8, 2, 3];
    if let Some(first) = octets.first() {
        black_box(table[usize::from(*first)]);
    }
}
