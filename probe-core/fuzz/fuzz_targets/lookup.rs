#![no_main]

#[path = "../checks/lookup.rs"]
mod lookup;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| lookup::check(octets));
