#![no_main]

#[path = "../checks/name.rs"]
mod name;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| name::check(octets));
