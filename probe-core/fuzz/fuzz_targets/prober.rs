#![no_main]

#[path = "../checks/prober.rs"]
mod prober;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| prober::check(octets));
